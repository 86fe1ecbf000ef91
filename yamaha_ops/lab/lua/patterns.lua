-- What Yamaha added to the string library, and the string functions that take a regular expression.
local py = ...

local sources = setmetatable({}, { __mode = "k" })
local added = {}

function added.regexp(source)
  if type(source) ~= "string" then
    error("bad argument #1 to 'regexp' (string expected, got " .. type(source) .. ")", 2)
  end
  local problem = py.regexp_problem(source)
  if problem then error(problem, 2) end
  local made = newproxy(true)
  getmetatable(made).__tostring = function() return "/" .. source .. "/" end
  sources[made] = source
  return made
end

local function find(text, pattern, start, plain)
  local source = sources[pattern]
  if not source then return string.find(text, pattern, start, plain) end
  start = start or 1
  if start < 0 then start = math.max(#text + start + 1, 1) end
  return py.regexp_search(source, text, start)
end

local function match(text, pattern, start)
  if not sources[pattern] then return string.match(text, pattern, start) end
  local found = { find(text, pattern, start) }
  if not found[1] then return nil end
  if #found == 2 then return text:sub(found[1], found[2]) end
  return unpack(found, 3, table.maxn(found))
end

local function gmatch(text, pattern)
  if not sources[pattern] then return string.gmatch(text, pattern) end
  local start = 1
  return function()
    if start > #text + 1 then return nil end
    local first, last = find(text, pattern, start)
    if not first then return nil end
    local from = start
    start = math.max(last, first) + 1
    return match(text, pattern, from)
  end
end

local function gsub(text, pattern, replacement, times)
  if not sources[pattern] then return string.gsub(text, pattern, replacement, times) end
  local parts, start, count = {}, 1, 0
  while start <= #text + 1 and count < (times or math.huge) do
    local found = { find(text, pattern, start) }
    local first, last = found[1], found[2]
    if not first then break end
    local whole, put = text:sub(first, last), replacement
    local key = found[3] or whole
    if type(replacement) == "function" then
      put = #found > 2 and replacement(unpack(found, 3, table.maxn(found))) or replacement(whole)
    elseif type(replacement) == "table" then
      put = replacement[key]
    else
      put = replacement:gsub("%%(.)", function(what)
        return what == "0" and whole or found[(tonumber(what) or 0) + 2] or what
      end)
    end
    table.insert(parts, text:sub(start, first - 1) .. (put or whole))
    if last < first then table.insert(parts, text:sub(first, first)) end
    start, count = math.max(last, first) + 1, count + 1
  end
  return table.concat(parts) .. text:sub(start), count
end

function added.split(text, separator, times)
  local pieces, start = {}, 1
  separator = separator or "%s+"
  while #pieces < (times or math.huge) do
    local first, last = find(text, separator, start)
    if not first or last < first then break end
    table.insert(pieces, text:sub(start, first - 1))
    start = last + 1
  end
  table.insert(pieces, text:sub(start))
  return unpack(pieces)
end

added.find, added.match, added.gmatch, added.gsub = find, match, gmatch, gsub

return added, function(pattern) return sources[pattern] end

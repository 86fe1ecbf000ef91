-- Turns stock Lua 5.1 into what scripts find on a router. `py` holds what Python provides.
-- Returns the function that runs a script in the restricted environment.
local py = ...

local function pick(library, names)
  local kept = {}
  for name in names:gmatch("%S+") do kept[name] = library[name] end
  return kept
end

local function file(handle)
  local methods = {}
  function methods:read(format) return handle.read(format or "*l") end
  function methods:write(...)
    for _, value in ipairs({...}) do handle.write(tostring(value)) end
    return true
  end
  function methods:lines()
    return function() return handle.read("*l") end
  end
  function methods:close() handle.close() return true end
  function methods:flush() return true end
  return methods
end

local environment = pick(_G, [[
  assert collectgarbage error getmetatable ipairs loadstring next pairs pcall rawequal rawget
  rawset select setfenv getfenv setmetatable tonumber tostring type unpack xpcall _VERSION
]])
environment._G = environment
environment.math = pick(math, "abs fmod max min random randomseed")
environment.table = pick(table, "concat insert maxn remove sort")
environment.string = pick(string, [[
  byte char dump find format gmatch gsub len lower match rep reverse sub upper
]])
environment.os = {
  clock = os.clock, difftime = os.difftime, exit = function() error("exit", 0) end,
  date = function(format, when) return os.date(format, when or py.time()) end,
  time = function(parts) return parts and os.time(parts) or py.time() end,
  getenv = function(name) return py.getenv(name) end,
  remove = function(path)
    if py.remove(path) then return true end
    return nil, path .. ": No such file or directory"
  end,
  rename = function(from, to)
    if py.rename(from, to) then return true end
    return nil, from .. ": cannot rename"
  end,
}
environment.io = {
  open = function(path, mode)
    local handle = py.open(path, mode or "r")
    if not handle then return nil, path .. ": No such file or directory" end
    return file(handle)
  end,
  lines = function(path)
    local handle = py.open(path, "r")
    if not handle then error(path .. ": No such file or directory", 2) end
    return function() return handle.read("*l") end
  end,
  type = function(value) return type(value) == "table" and value.read and "file" or nil end,
  write = function(...)
    for _, value in ipairs({...}) do py.print(tostring(value)) end
    return true
  end,
}

local function unsigned(value) return value % 4294967296 end
local function bitwise(combine)
  return function(a, b)
    local result, bit = 0, 1
    a, b = unsigned(a), unsigned(b)
    while a > 0 or b > 0 do
      if combine(a % 2, b % 2) then result = result + bit end
      a, b, bit = (a - a % 2) / 2, (b - b % 2) / 2, bit * 2
    end
    return result
  end
end
local band = bitwise(function(a, b) return a == 1 and b == 1 end)
environment.bit = {
  band = band,
  bor = bitwise(function(a, b) return a == 1 or b == 1 end),
  bxor = bitwise(function(a, b) return a ~= b end),
  bnot = function(a) return 4294967295 - unsigned(a) end,
  btest = function(a, b) return band(a, b) ~= 0 end,
  -- A positive count shifts to the left.
  bshift = function(a, count)
    a = unsigned(a)
    if count >= 0 then return unsigned(a * 2 ^ count) end
    return (a - a % 2 ^ -count) / 2 ^ -count
  end,
}

environment.print = function(...)
  local shown = {}
  for index = 1, select("#", ...) do shown[index] = tostring((select(index, ...))) end
  py.print(table.concat(shown, "\t") .. "\n")
end

local function need(value, kind, position, name)
  if type(value) ~= kind then
    error(("bad argument #%d to '%s' (%s expected, got %s)"):format(
      position, name, kind, type(value)), 3)
  end
end

environment.rt = {
  command = function(line, log)
    need(line, "string", 1, "command")
    local done, text = py.command(line, log)
    return done, text
  end,
  syslog = function(level, text)
    need(level, "string", 1, "syslog")
    need(text, "string", 2, "syslog")
    py.syslog(level, text)
  end,
  syslogwatch = function(pattern, count, seconds)
    need(pattern, "string", 1, "syslogwatch")
    local found = py.syslogwatch(pattern, count, seconds)
    local lines, number = {}, 0
    for line in found:gmatch("[^\n]+") do
      number = number + 1
      lines[number] = line
    end
    if number == 0 then return 0, nil end
    return number, lines
  end,
  sleep = function(seconds)
    need(seconds, "number", 1, "sleep")
    py.sleep(seconds)
  end,
  mail = function(message) return py.mail(message) end,
  httprequest = function(request)
    need(request, "table", 1, "httprequest")
    local answer, problem = {}, nil
    local body = request.post_text
    if body and (body:find("[%z\1-\8\11\12\14-\31\127]")) and not body:find("^[^%z]*%z") then
      problem = "'post_text' field value of argument #1 is invalid."
    end
    if problem then error(problem, 2) end
    answer.rtn1, answer.err, answer.code, answer.header, answer.body, answer.rtn2 =
      py.httprequest(request)
    return answer
  end,
  hw = {
    open = function(name)
      if not py.hardware(name) then return nil, "no such device" end
      local device = {}
      function device:read() return { load_1m = py.load() } end
      function device:on() end
      function device:off() end
      function device:tone() end
      function device:close() end
      return device
    end,
  },
  socket = {},
  mime = {},
}

environment.require = function(name)
  local source = py.module(name)
  if not source then error("module '" .. name .. "' not found", 2) end
  local chunk, problem = loadstring(source, "@" .. name)
  if not chunk then error(problem, 2) end
  return setfenv(chunk, environment)() or true
end

environment._RT_LUA_VERSION = "1.08"
environment._RT_LUA_VERSION_NUM = 108
environment._RT_FIRM_REVISION = py.revision

return function(source, name, arguments)
  local chunk, problem = loadstring(source, name)
  if not chunk then error(problem, 0) end
  environment.arg = {}
  for index, value in python.enumerate(arguments) do environment.arg[index + 1] = value end
  debug.sethook(function() py.check() end, "", 10000)
  setfenv(chunk, environment)
  chunk(unpack(environment.arg))
end

-- Turns stock Lua 5.1 into what scripts find on a router. `py` holds what Python provides.
-- Returns the function that runs a script in the restricted environment.
local py = ...

local function part(name) return loadstring(py.part(name), "@" .. name)(py) end

local lab, made = part("numbers")
local strings, source_of = part("patterns")
lab.regexp = strings.regexp

-- Every boolean knows the lab, so that rewritten scripts reach it from whatever environment they set.
debug.setmetatable(true, {
  __index = function(_, key)
    if key == "_lab" then return lab end
    error("attempt to index a boolean value", 2)
  end,
  __metatable = false,
})

local function pick(library, names)
  local kept = {}
  for name in names:gmatch("%S+") do kept[name] = library[name] end
  return kept
end

-- Only plain values may reach the router's thread: a table would wait there for this machine.
local function need(value, kind, position, name)
  if type(value) ~= kind then
    error(("bad argument #%d to '%s' (%s expected, got %s)"):format(
      position, name, kind, type(value)), 3)
  end
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
  assert error getmetatable ipairs next pairs rawequal rawget rawset select setfenv getfenv
  setmetatable tostring type unpack _VERSION
]])
environment._G = environment
environment.tonumber, environment.collectgarbage = made.tonumber, made.collectgarbage
environment.math, environment.bit = made.math, made.bit
environment.debug = pick(debug, "getinfo traceback")
environment.table = pick(table, "concat insert maxn remove sort")
environment.string = pick(string, [[
  byte char dump find format gmatch gsub len lower match rep reverse sub upper
]])
environment.string.regexp, environment.string.split = strings.regexp, strings.split
getmetatable("").__index = environment.string
environment.each = function(...)
  local list, index = {...}, 0
  local count = select("#", ...)
  if count == 1 and type(list[1]) == "table" then
    list = list[1]
    count = #list
  end
  return function()
    index = index + 1
    if index <= count then return list[index] end
  end
end
environment.os = {
  clock = function() return py.uptime() end,
  difftime = function(later, earlier) return later - earlier end,
  exit = function() error("exit", 0) end,
  date = function(format, when) return os.date(format, when or py.time()) end,
  time = function(parts) return parts and os.time(parts) or py.time() end,
  getenv = function(name)
    need(name, "string", 1, "getenv")
    local value = py.getenv(name)
    return value
  end,
  remove = function(path)
    need(path, "string", 1, "remove")
    if py.remove(path) then return true end
    return nil, path .. ": No such file or directory"
  end,
  rename = function(from, to)
    need(from, "string", 1, "rename")
    need(to, "string", 2, "rename")
    if py.rename(from, to) then return true end
    return nil, to .. ": File exists"
  end,
}
environment.io = {
  open = function(path, mode)
    need(path, "string", 1, "open")
    local handle, problem = py.open(path, mode or "r")
    if not handle then return nil, path .. ": " .. problem end
    return file(handle)
  end,
  lines = function(path)
    need(path, "string", 1, "lines")
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

environment.print = function(...)
  local shown = {}
  for index = 1, select("#", ...) do shown[index] = tostring((select(index, ...))) end
  py.print(table.concat(shown, "\t") .. "\n")
end

environment.rt = {
  command = function(line, log)
    need(line, "string", 1, "command")
    if log ~= nil then need(log, "string", 2, "command") end
    local done, text = py.command(line, log)
    return done, text
  end,
  syslog = function(level, text)
    need(level, "string", 1, "syslog")
    need(text, "string", 2, "syslog")
    py.syslog(level, text)
  end,
  syslogwatch = function(pattern, count, seconds)
    local regexp = source_of(pattern)
    if not regexp then need(pattern, "string", 1, "syslogwatch") end
    if count ~= nil then need(count, "number", 2, "syslogwatch") end
    if seconds ~= nil then need(seconds, "number", 3, "syslogwatch") end
    local watch = regexp and py.syslogwatch_regexp or py.syslogwatch
    local found = watch(regexp or pattern, count, seconds)
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
  hw = part("hardware"),
  socket = part("sockets"),
  mime = { b64 = py.b64, unb64 = py.unb64 },
}

-- What a script can load: a chunk in the script's environment, of integers, or nil and the problem.
local function load(source, name)
  local _, example = loadstring("=", name)
  local where = example:match("^(.*):1: ")
  local plain, line, problem = py.stock(source)
  if not plain then return nil, ("%s:%d: %s"):format(where, line, problem) end
  local sound, wrong = loadstring(plain, name)
  if not sound then return nil, wrong end
  if plain:find("regexp", 1, true) then
    for _, key in ipairs({ "find", "match", "gmatch", "gsub" }) do
      environment.string[key] = strings[key]
    end
  end
  return setfenv(loadstring(py.integral(plain), name), environment)
end

environment.loadstring = function(source, name) return load(source, name or source) end
environment.load = function(pieces, name)
  local parts = {}
  for piece in pieces do
    if piece == "" then break end
    parts[#parts + 1] = piece
  end
  return load(table.concat(parts), name or "=(load)")
end
environment.loadfile = function(path)
  need(path, "string", 1, "loadfile")
  local handle = py.open(path, "r")
  if not handle then return nil, "cannot open " .. path end
  return load(handle.read("*a"), "@" .. path)
end
environment.dofile = function(path)
  local chunk, problem = environment.loadfile(path)
  if not chunk then error(problem, 0) end
  return chunk()
end

-- A task that was told to end does, whatever the script catches.
local function unless_stopped(done, ...)
  py.check()
  local problem = ...
  -- What Python raised is a text for a script.
  if not done and type(problem) == "userdata" then return done, tostring(problem) end
  return done, ...
end
environment.pcall = function(...) return unless_stopped(pcall(...)) end
environment.xpcall = function(...) return unless_stopped(xpcall(...)) end

local loaded = {}
environment.require = function(name)
  need(name, "string", 1, "require")
  if loaded[name] == nil then
    local source = py.module(name)
    if not source then error("module '" .. name .. "' not found", 2) end
    local chunk, problem = load(source, "@" .. name)
    if not chunk then error(problem, 2) end
    local result = chunk(name)
    loaded[name] = result == nil and true or result
  end
  return loaded[name]
end

environment._RT_LUA_VERSION = py.version
environment._RT_LUA_VERSION_NUM = py.version_number
environment._RT_FIRM_REVISION = py.revision

return function(source, name, arguments)
  local chunk, problem = load(source, name)
  if not chunk then error(problem, 0) end
  environment.arg = {}
  for index, value in python.enumerate(arguments) do environment.arg[index + 1] = value end
  debug.sethook(function() py.check() end, "", 10000)
  chunk(unpack(environment.arg))
end

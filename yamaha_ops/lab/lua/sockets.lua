-- `rt.socket`: LuaSocket's faces for the sockets of `sockets.py`.
local py = ...

local handles = setmetatable({}, { __mode = "k" })

-- Each method's arguments: a text, a number, in capitals where they may be left out, * for anything.
local COMMON = { close = "", getpeername = "", getsockname = "", settimeout = "NS", setoption = "s*" }
local METHODS = {
  tcp = { bind = "sn", listen = "N", connect = "sn", send = "sNN", receive = "*S", shutdown = "S",
    getstats = "", setstats = "NN" },
  udp = { receive = "N", receivefrom = "N", send = "s", sendto = "ssn", setpeername = "sN" },
}
local KINDS = { s = "string", n = "number" }

local function checked(name, wanted, ...)
  local given = {}
  for position = 1, #wanted do
    local mark, value = wanted:sub(position, position), select(position, ...)
    local kind = KINDS[mark:lower()]
    if kind == "string" and type(value) == "number" then value = tostring(value) end
    if kind and type(value) ~= kind and not (value == nil and mark == mark:upper()) then
      error(("bad argument #%d to '%s' (%s expected, got %s)"):format(
        position, name, kind, value == nil and "no value" or type(value)), 3)
    end
    given[position] = value
  end
  return unpack(given, 1, #wanted)
end

local face

local classes = {}
for class, methods in pairs(METHODS) do
  for name, wanted in pairs(COMMON) do methods[name] = wanted end
  classes[class] = {}
  for name, wanted in pairs(methods) do
    classes[class][name] = function(self, ...)
      local handle = handles[self]
      if not handle then
        error(("calling '%s' on bad self (%s expected)"):format(name, class), 2)
      end
      if not handle.open and name ~= "close" then return nil, "closed" end
      return handle[name](checked(name, wanted, ...))
    end
  end
end
classes.tcp.accept = function(self)
  if not handles[self].open then return nil, "closed" end
  local made, problem = handles[self].accept()
  if not made then return nil, problem end
  return face("tcp", made)
end
classes.udp.setsockname = function(self, address, port)
  if not handles[self].open then return nil, "closed" end
  return handles[self].bind(checked("setsockname", "sn", address, port))
end

function face(class, handle)
  local made = newproxy(true)
  local meta = getmetatable(made)
  meta.__index = classes[class]
  meta.__tostring = function() return class .. "{client}" end
  handles[made] = handle
  return made
end

local function open(class)
  return function()
    local handle, problem = py[class]()
    if not handle then return nil, problem end
    return face(class, handle)
  end
end

local function opened(sockets)
  local found = {}
  for place, each in ipairs(sockets or {}) do found[place] = handles[each] end
  return found
end

local function chosen(sockets, places)
  local found = {}
  for place in python.iter(places) do
    local each = sockets[place]
    found[#found + 1] = each
    found[each] = #found
  end
  return found
end

local socket = { _VERSION = "LuaSocket 2.0.2", tcp = open("tcp"), udp = open("udp") }

function socket.select(readers, writers, seconds)
  local read, written, problem = py.select(opened(readers), opened(writers), seconds)
  return chosen(readers, read), chosen(writers, written), problem
end

socket.gettime = py.uptime
socket.sleep = py.sleep
socket.dns = {
  toip = function(name)
    local address = py.toip(name)
    if not address then return nil, "host not found" end
    return address, { name = name, alias = {}, ip = { address } }
  end,
  tohostname = function() return nil, "host not found" end,
  gethostname = function() return py.hostname end,
}

-- The three helpers of LuaSocket's own manual.
function socket.skip(count, ...) return select(count + 1, ...) end

local caught = {}
function socket.newtry(finish)
  return function(...)
    if not (...) then
      if finish then pcall(finish) end
      error(setmetatable({ (select(2, ...)) }, caught), 0)
    end
    return ...
  end
end
function socket.protect(act)
  return function(...)
    local results = { pcall(act, ...) }
    if results[1] then return unpack(results, 2, table.maxn(results)) end
    local problem = results[2]
    if getmetatable(problem) == caught then return nil, problem[1] end
    error(problem, 0)
  end
end

return socket

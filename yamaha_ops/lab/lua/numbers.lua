-- Numbers as the router has them: integers. Returns what a rewritten script calls (`rewriting.py`),
-- and the functions that make numbers out of something else.
local py = ...

local LARGEST = py.largest
local lab = {}

local function bounded(result)
  if result > LARGEST or result < -LARGEST then
    error("the lab has no number of more than 14 digits", 3)
  end
  return result
end

-- A sum, difference or product: an integer, unless an operand was a text with a point in it.
function lab.i(result)
  if type(result) ~= "number" then return result end
  bounded(result)
  if result % 1 ~= 0 then error("attempt to perform arithmetic on a string value", 2) end
  return result
end

-- A remainder.
function lab.m(result)
  if result ~= result then error("attempt to divide by zero", 2) end
  return result
end

local function cut(result)
  if type(result) ~= "number" then return result end
  return result < 0 and -(-result - -result % 1) or result - result % 1
end

-- A quotient, cut off towards zero.
function lab.q(result)
  if result ~= result or result == 1 / 0 or result == -1 / 0 then
    error("attempt to divide by zero", 2)
  end
  return cut(result)
end

-- A power.
function lab.p(result)
  if type(result) == "number" then bounded(result) end
  return cut(result)
end

-- What `$"..."` joins.
function lab.s(...)
  local parts = {...}
  for index = 1, select("#", ...) do parts[index] = tostring((select(index, ...))) end
  return table.concat(parts)
end

local function whole(value)
  return value and value % 1 == 0 and bounded(value) or nil
end

local made = {}

function made.tonumber(value, base)
  if base and base ~= 10 then return whole(tonumber(value, base)) end
  if type(value) == "string" and value:find("^%s*%-?0[xX]%x+%s*$") == nil
    and not value:find("^%s*%-?%d+%s*$") then
    return nil
  end
  return whole(tonumber(value))
end

local function random(low, high)
  if low == nil then return math.random(0, 2147483647) end
  if high == nil then return math.random(low) end
  return math.random(low, high)
end

made.math = {
  abs = math.abs, max = math.max, min = math.min, random = random, randomseed = math.randomseed,
  fmod = function(a, b)
    if b == 0 then error("attempt to divide by zero", 2) end
    return math.fmod(a, b)
  end,
}

function made.collectgarbage(option, argument)
  return cut(collectgarbage(option, argument))
end

-- Unsigned 32 bits; negative numbers are refused, a positive count shifts to the left.
local function bits(name, act)
  return function(...)
    for index = 1, select("#", ...) do
      local value = select(index, ...)
      if type(value) ~= "number" or (value < 0 and not (index == 2 and name:find("^b[sr]"))) then
        error(("bad argument #%d to '%s' (unsigned number expected, got %s)"):format(
          index, name, type(value) == "number" and tostring(value) or type(value)), 2)
      end
    end
    return act(...)
  end
end

made.bit = {}
for _, name in ipairs({ "band", "btest", "bor", "bxor", "bnot", "bshift", "brotate" }) do
  made.bit[name] = bits(name, py[name])
end

return lab, made

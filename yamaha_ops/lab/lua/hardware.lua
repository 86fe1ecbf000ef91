-- `rt.hw`: devices of the router's front, each with the methods that its kind has.
local py = ...

local function bad(position, name, text)
  error(("bad argument #%d to '%s' (%s)"):format(position, name, text), 4)
end

local kinds = {
  ["cpu1"] = {
    read = function()
      local five_seconds, one_minute, five_minutes = py.load()
      return { load_5s = five_seconds, load_1m = one_minute, load_5m = five_minutes }
    end,
  },
  ["status-led1"] = {
    on = function() py.led_on() end,
    off = function() py.led_off() end,
    blink = function(on, off)
      for position, time in ipairs({ on or false, off or false }) do
        if type(time) ~= "number" then
          bad(position, "blink", "number expected, got " .. (time and type(time) or "nil"))
        end
        if time <= 0 then bad(position, "blink", "out of range") end
      end
      py.led_blink(on, off)
    end,
  },
  ["buzzer1"] = {
    tone = function(name)
      if not py.is_tone(name) then bad(1, "tone", "invalid tone") end
      py.buzzer_tone(name)
    end,
    off = function() py.buzzer_off() end,
  },
}

local hw = {}

function hw.open(name)
  if type(name) ~= "string" then
    error("bad argument #1 to 'open' (string expected, got " .. type(name) .. ")", 2)
  end
  local kind = kinds[name]
  if not kind then return nil, "no such device" end
  local open, device = true, {}
  for method, act in pairs(kind) do
    device[method] = function(_, ...)
      if not open then error("closed device", 2) end
      local result = act(...)
      return result
    end
  end
  function device.close() open = false end
  return device
end

return hw

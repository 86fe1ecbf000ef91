-- load-alarm.lua: light and sound when the router is busy or short of memory.
--
-- Purpose    One line when the load of the last minute or the memory in use reaches a threshold,
--            the STATUS LED blinking for as long as it lasts, the buzzer once; one line and the LED
--            off when it is well below again. (Without light and sound `system cpu threshold` and
--            `system memory threshold` do it from Rev.15.02.10, REF 4.43-4.44.)
-- Start      schedule at 13 startup * lua /lua/load-alarm.lua
-- Variables  (router variables, `set NAME=value`; all optional)
--            LOAD_ALARM_INTERVAL    seconds between looks, 30
--            LOAD_ALARM_CPU         percent that are too much, 80
--            LOAD_ALARM_MEMORY      percent that are too much, 80
--            LOAD_ALARM_GAP         percent below that before all is well, 20
--            LOAD_ALARM_BUZZER      0 for light only, 1
--            NOTIFY_URL             a web hook that takes JSON by POST; nothing is sent without
--            NOTIFY_FIELD           field of the text, "text" (Slack, Teams); Discord: "content"
--            NOTIFY_NAME            what this router is called there, "rtx"
-- Cost       One of eight Lua tasks; one `show environment` a look, kept out of the log; nothing is
--            written to flash. The LED makes the router's dashboard show a warning. `alarm entire
--            off` keeps the buzzer quiet.
-- Needs      RTX830 Rev.15.02.03 (Lua 1.08). Does without LED and buzzer where there are none.

local NAME = "load-alarm"

-- Shared with the other watches, word for word: settings, and telling a state once.
local function setting(name, default)
  return tonumber(os.getenv(name) or "") or default
end

local told, waiting = {}, {}

-- Send what waits for NOTIFY_URL. What cannot be sent now (the line may be down) waits on.
local function deliver()
  local url, field = os.getenv("NOTIFY_URL"), os.getenv("NOTIFY_FIELD") or "text"
  while url and waiting[1] do
    local body = '{"' .. field .. '": "' .. waiting[1] .. '"}'
    local request = { url = url, method = "POST", content_type = "application/json",
      post_text = body, timeout = 10 }
    local called, answer = pcall(rt.httprequest, request)
    if not called or not answer.rtn1 or answer.code < 200 or answer.code > 299 then
      return
    end
    table.remove(waiting, 1)
  end
end

-- Tell a state when it begins and be silent while it lasts: to the log, and to NOTIFY_URL.
local function tell(what, state, text)
  if told[what] ~= state then
    told[what] = state
    rt.syslog("notice", "[" .. NAME .. "] " .. text)
    if os.getenv("NOTIFY_URL") and #waiting < 20 then
      local clean = string.gsub(text, '[^ -~]', "."):gsub('[\\"]', "'")
      table.insert(waiting, (os.getenv("NOTIFY_NAME") or "rtx") .. " " .. NAME .. ": " .. clean)
    end
  end
end
-- End of what is shared.

local interval = setting("LOAD_ALARM_INTERVAL", 30)
local gap = setting("LOAD_ALARM_GAP", 20)
local sound = setting("LOAD_ALARM_BUZZER", 1)

local watched = {
  { name = "CPU", pattern = "(%d+)%%%(1min%)", limit = setting("LOAD_ALARM_CPU", 80) },
  { name = "memory", pattern = "(%d+)%% used", limit = setting("LOAD_ALARM_MEMORY", 80) },
}
local led

local function light()
  led = led or rt.hw.open("status-led1")
  if led then
    local shine = led.blink or led.on
    shine(led, 500, 500)
  end
end

local function dark()
  if led then
    led:off()
    led:close()
    led = nil
  end
end

local function buzz()
  local buzzer = sound > 0 and rt.hw.open("buzzer1")
  if buzzer then
    for _, tone in ipairs({ "B2", "E3", "B3", "B4" }) do
      buzzer:tone(tone)
      rt.sleep(1)
    end
    buzzer:off()
    buzzer:close()
  end
end

-- Judge one value; a value that the answer does not hold changes nothing.
local function judge(each, percent)
  if not percent then
    return
  elseif percent >= each.limit and not each.alarm then
    each.alarm = true
    tell(each.name, "high", each.name .. " at " .. percent .. " percent")
    light()
    buzz()
  elseif percent <= each.limit - gap and each.alarm then
    each.alarm = false
    tell(each.name, "well", each.name .. " back at " .. percent .. " percent")
  end
end

while true do
  local answered, text = rt.command("show environment", "off")
  local alarm = false
  for _, each in ipairs(watched) do
    judge(each, answered and text and tonumber(string.match(text, each.pattern) or ""))
    alarm = alarm or each.alarm
  end
  if not alarm then
    dark()
  end
  deliver()
  collectgarbage("collect")
  rt.sleep(interval)
end

-- mape-watch.lua: say so when a MAP-E line runs out of NAT sessions, or its ports change.
--
-- Purpose    A MAP-E line has a few hundred ports. When something on the LAN opens sessions without
--            end, pages fail at random and nothing else tells why. One line when the sessions reach
--            a threshold and one when they are well below it again; one when the ports of the line
--            change, or are gone.
-- Start      schedule at 11 startup * lua /lua/mape-watch.lua
-- Variables  (router variables, `set NAME=value`; all optional)
--            MAPE_WATCH_DESCRIPTOR  number of the NAT descriptor, 1000
--            MAPE_WATCH_INTERVAL    seconds between looks, 60
--            MAPE_WATCH_HIGH        sessions that are too many, 2000
--            MAPE_WATCH_LOW         sessions that are few again, 1500
--            MAPE_WATCH_PORTS       ports the line should have (240, 1008 ...), 0 for any number
--            NOTIFY_URL             a web hook that takes JSON by POST; nothing is sent without
--            NOTIFY_FIELD           field of the text, "text" (Slack, Teams); Discord: "content"
--            NOTIFY_NAME            what this router is called there, "rtx"
-- Cost       One of eight Lua tasks; one `show nat descriptor address` a look (the summary, which
--            does not slow the traffic), kept out of the log; nothing is written to flash.
-- Needs      RTX830 Rev.15.02.03 (MAP-E, Lua 1.08). Reads Japanese and English: digits only.

local NAME = "mape-watch"

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

local descriptor = setting("MAPE_WATCH_DESCRIPTOR", 1000)
local interval = setting("MAPE_WATCH_INTERVAL", 60)
local high = setting("MAPE_WATCH_HIGH", 2000)
local low = setting("MAPE_WATCH_LOW", 1500)
local wanted = setting("MAPE_WATCH_PORTS", 0)
local command = "show nat descriptor address " .. descriptor

-- Sessions and ports of the line; nil where the answer holds none.
local function look()
  local answered, text = rt.command(command, "off")
  if not answered or not text then
    return nil
  end
  -- A long list of ranges is broken in the middle of a number: lines join without a blank.
  local joined = string.gsub(text, "[\r\n]", "")
  local sessions = tonumber(string.match(joined, "(%d+) session") or "")
  local ports = 0
  for first, last in string.gmatch(joined, "(%d+)%-(%d+)") do
    ports = ports + tonumber(last) - tonumber(first) + 1
  end
  return sessions, ports
end

told.sessions, told.ports = "few", wanted > 0 and wanted or nil

while true do
  local sessions, ports = look()
  if not sessions then
    tell("line", "absent", "NAT descriptor " .. descriptor .. " is not in use")
  else
    if told.line then
      tell("line", "there", "NAT descriptor " .. descriptor .. " is in use")
    end
    if told.ports == nil and ports > 0 then
      told.ports = ports
    end
    if ports == 0 then
      tell("ports", 0, "the line has no ports: MAP-E is not established")
    else
      tell("ports", ports, "the line has " .. ports .. " ports")
    end
    if sessions >= high then
      tell("sessions", "many", sessions .. " NAT sessions, " .. high .. " are too many")
    elseif sessions <= low then
      tell("sessions", "few", sessions .. " NAT sessions again")
    end
  end
  deliver()
  collectgarbage("collect")
  rt.sleep(interval)
end

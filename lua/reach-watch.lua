-- reach-watch.lua: say so when a host no longer answers, seen from the router itself.
--
-- Purpose    A line can be up and lead nowhere. One line when too many pings are lost several times
--            in a row, and one when they come back, with for how long they did not.
-- Start      schedule at 14 startup * lua /lua/reach-watch.lua
-- Variables  (router variables, `set NAME=value`)
--            REACH_WATCH_HOST       address or name to ping; it must be set
--            REACH_WATCH_SOURCE     the router's address to ping from, which chooses the way; the
--                                   router's own choice where left out
--            REACH_WATCH_COUNT      pings a look, a second apart, 5
--            REACH_WATCH_LOSS       percent lost that are too many, 60
--            REACH_WATCH_PATIENCE   looks in a row before it says so, 2
--            REACH_WATCH_INTERVAL   seconds between looks, 60
--            NOTIFY_URL             a web hook that takes JSON by POST; nothing is sent without
--            NOTIFY_FIELD           field of the text, "text" (Slack, Teams); Discord: "content"
--            NOTIFY_NAME            what this router is called there, "rtx"
-- Cost       One of eight Lua tasks; a few pings a look, kept out of the log; nothing is written to
--            flash.
-- Needs      RTX830 Rev.15.02.03 (Lua 1.08). Reads Japanese and English: digits only. Nobody owes
--            an answer to a ping: watch a host that gives one.

local NAME = "reach-watch"

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

-- Only what can be an address or a name goes into a command.
local host = string.match(os.getenv("REACH_WATCH_HOST") or "", "^[%w.-]+$")
local source = string.match(os.getenv("REACH_WATCH_SOURCE") or "", "^[%d.]+$")
local count = setting("REACH_WATCH_COUNT", 5)
local most = setting("REACH_WATCH_LOSS", 60)
local patience = setting("REACH_WATCH_PATIENCE", 2)
local interval = setting("REACH_WATCH_INTERVAL", 60)

-- Percent of the pings that were lost; all of them where the router could not even send.
local function look(command)
  local answered, text = rt.command(command, "off")
  local lost = answered and text and string.match(text, "(%d+)[.%d]*%%")
  return tonumber(lost or "") or 100
end

if not host then
  rt.syslog("notice", "[" .. NAME .. "] REACH_WATCH_HOST is not set, or no address or name")
else
  local command = "ping -c " .. count .. (source and " -sa " .. source or "") .. " " .. host
  local failures, since = 0, 0
  told.host = "answers"
  while true do
    local lost = look(command)
    if lost < most then
      tell("host", "answers", host .. " answers again after " .. os.time() - since .. " seconds")
      failures = 0
    else
      failures = failures + 1
      if failures == 1 then
        since = os.time()
      end
      if failures >= patience then
        tell("host", "silent", host .. " does not answer: " .. lost .. " percent lost")
      end
    end
    deliver()
    collectgarbage("collect")
    rt.sleep(interval)
  end
end

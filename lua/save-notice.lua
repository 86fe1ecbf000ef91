-- save-notice.lua: tell elsewhere that somebody saved the configuration.
--
-- Purpose    Single commands leave no trace in the log, `save` does. Each one is told to a web
--            hook, which can start a backup (`yamaha-ops backup`) or say a word in a chat.
-- Start      schedule at 15 startup * lua /lua/save-notice.lua
-- Variables  (router variables, `set NAME=value`)
--            NOTIFY_URL             a web hook that takes JSON by POST; nothing is sent without
--            NOTIFY_FIELD           field of the text, "text" (Slack, Teams); Discord: "content"
--            NOTIFY_NAME            what this router is called there, "rtx"
--            SAVE_NOTICE_INTERVAL   seconds after which what could not be sent is sent again, 60
-- Cost       One of eight Lua tasks, asleep until the log has such a line; nothing is written to
--            flash. A save within moments of another one may go untold, since the log is not
--            watched while a message is being sent.
-- Needs      RTX830 Rev.15.02.03 (Lua 1.08).

local NAME = "save-notice"

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

local interval = setting("SAVE_NOTICE_INTERVAL", 60)
local saves = 0

while true do
  -- With a limit the router waits to its end however early a line came, so without one where
  -- nothing waits to be sent.
  local limit = waiting[1] and interval or nil
  local found, lines = rt.syslogwatch("Configuration saved in", 1, limit)
  if found and found > 0 then
    saves = saves + 1
    local slot, way = string.match(lines[1], 'saved in "*([%w_]+)"* by (%w+)')
    -- Not in the words that are watched for: this line goes into the same log.
    tell("save", saves, (slot or "the configuration") .. " was saved by " .. (way or "somebody"))
  end
  deliver()
  collectgarbage("collect")
end

-- prefix-watch.lua: say so when the line's IPv6 prefix changes, is lost, or is about to run out.
--
-- Purpose    The MAP-E address and ports follow the prefix, and so do forwarded ports and what was
--            told to others. One line when the prefix of an interface changes, when it is gone,
--            when its lifetime is no longer renewed, and when it is well again.
-- Start      schedule at 12 startup * lua /lua/prefix-watch.lua
-- Variables  (router variables, `set NAME=value`; all optional)
--            PREFIX_WATCH_LAN       number of the LAN interface that has the prefix, 1
--            PREFIX_WATCH_INTERVAL  seconds between looks, 60
--            PREFIX_WATCH_LIFETIME  preferred lifetime that is too short, in seconds, 600
--            NOTIFY_URL             a web hook that takes JSON by POST; nothing is sent without
--            NOTIFY_FIELD           field of the text, "text" (Slack, Teams); Discord: "content"
--            NOTIFY_NAME            what this router is called there, "rtx"
-- Cost       One of eight Lua tasks; one `show ipv6 address` a look, kept out of the log; nothing
--            is written to flash.
-- Needs      RTX830 Rev.15.02.03 (Lua 1.08). Reads Japanese and English: digits only. A prefix
--            without a lifetime (typed in by hand) is not seen, since it cannot change.

local NAME = "prefix-watch"

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

local lan = setting("PREFIX_WATCH_LAN", 1)
local interval = setting("PREFIX_WATCH_INTERVAL", 60)
local shortest = setting("PREFIX_WATCH_LIFETIME", 600)
local command = "show ipv6 address lan" .. lan

-- The first address that came with a lifetime, and its preferred lifetime.
local function look()
  local answered, text = rt.command(command, "off")
  if not answered or not text then
    return nil
  end
  local address, length, preferred =
    string.match(text, "([%x:]+)/(%d+) +%(lifetime: *(%d+)/%d+%)")
  if not address then
    return nil
  end
  return address .. "/" .. length, tonumber(preferred)
end

told.prefix = look()
told.lifetime = "long"

while true do
  local prefix, preferred = look()
  if not prefix then
    tell("prefix", "none", "LAN" .. lan .. " has no IPv6 prefix")
  else
    tell("prefix", prefix, "LAN" .. lan .. " has the IPv6 address " .. prefix)
    if preferred <= shortest then
      tell("lifetime", "short", prefix .. " is not renewed: " .. preferred .. " seconds are left")
    else
      tell("lifetime", "long", prefix .. " is renewed again")
    end
  end
  deliver()
  collectgarbage("collect")
  rt.sleep(interval)
end

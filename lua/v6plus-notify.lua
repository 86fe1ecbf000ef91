-- v6plus-notify.lua: tell the provider the router's IPv6 address, as v6 Plus fixed IP demands.
--
-- Purpose    The provider sends the fixed IPv4 address to the IPv6 address it was told last. This
--            tells it at the start and whenever the LAN gets a new prefix.
-- Start      schedule at 2 startup * lua emfs:/v6plus-notify.lua
-- Variables  (router variables, `set NAME=value`)
--            V6PLUS_NOTIFY_USER      from the contract
--            V6PLUS_NOTIFY_PASSWORD  from the contract
--            V6PLUS_NOTIFY_URL       http://fcs.enabler.ne.jp/update where left out
-- Cost       One of eight Lua tasks, asleep until a prefix changes. The request is plain HTTP, as
--            the provider wants it; the password is in its address and never in the log.
-- Needs      RTX830 Rev.15.02.03; `ipv6 lan1 prefix change log on`, which writes the line that
--            this waits for.

local url = os.getenv("V6PLUS_NOTIFY_URL") or "http://fcs.enabler.ne.jp/update"
local user = os.getenv("V6PLUS_NOTIFY_USER")
local password = os.getenv("V6PLUS_NOTIFY_PASSWORD")

local TRIES = 3
local PAUSE = 10
-- A question mark typed at the console asks for help, and so has no place in an embedded file.
local MARK = string.char(63)

local function log(text)
  rt.syslog("notice", "[v6plus-notify] " .. text)
end

local function notify()
  local reason = "no answer"
  for try = 1, TRIES do
    local answer = rt.httprequest({
      url = url .. MARK .. "user=" .. user .. "&pass=" .. password,
      method = "GET",
      timeout = 30,
    })
    if answer.rtn1 and answer.code >= 200 and answer.code <= 299 then
      log("the provider took the address")
      return
    end
    if answer.rtn1 then
      reason = "status " .. answer.code
    end
    if try < TRIES then
      rt.sleep(PAUSE)
    end
  end
  log("the provider did not take the address: " .. reason)
end

if not user or not password then
  log("V6PLUS_NOTIFY_USER or V6PLUS_NOTIFY_PASSWORD is not set")
else
  while true do
    notify()
    rt.syslogwatch("Add IPv6 prefix", 1)
  end
end

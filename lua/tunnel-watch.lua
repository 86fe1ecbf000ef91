-- tunnel-watch.lua: say so when the line's tunnel sends but nothing comes back.
--
-- Purpose    An IPv4-over-IPv6 tunnel has no handshake: it is "up" with a wrong far end, with a
--            filter that drops protocol 4, and while the provider is down. What tells the truth is
--            whether packets arrive. One line goes to the log (level notice) when the tunnel has
--            sent and received nothing for a while, and one when it receives again.
-- Start      schedule at 10 startup * lua /lua/tunnel-watch.lua
-- Variables  (router variables, `set NAME=value`; all optional)
--            TUNNEL_WATCH_NUMBER    tunnel number, 1
--            TUNNEL_WATCH_INTERVAL  seconds between looks, 60
--            TUNNEL_WATCH_PATIENCE  looks without a packet before it says so, 3
-- Cost       One of eight Lua tasks; one `show status tunnel` a look, kept out of the log; nothing
--            is written to flash.
-- Needs      RTX830 Rev.15.02.03 (Lua 1.08); reads Japanese and English, counts nothing beyond
--            32 bits: packet counters are compared as text.

local function setting(name, default)
  return tonumber(os.getenv(name) or "") or default
end

local number = setting("TUNNEL_WATCH_NUMBER", 1)
local interval = setting("TUNNEL_WATCH_INTERVAL", 60)
local patience = setting("TUNNEL_WATCH_PATIENCE", 3)
local name = "TUNNEL[" .. number .. "]"

local function log(text)
  rt.syslog("notice", "[tunnel-watch] " .. name .. " " .. text)
end

-- The two IPv4 counters, received before sent, in either language; nil where there are none.
local function counters()
  local answered, text = rt.command("show status tunnel " .. number, "off")
  if not answered or not text then
    return nil
  end
  local found = {}
  for packets in string.gmatch(text, "%(IPv4%)%s*(%d+)") do
    table.insert(found, packets)
  end
  return found[1], found[2]
end

-- What was logged last, so that each state is told once: "unknown", "receives", "silent", "absent".
local told = "unknown"
local silent_looks = 0
local received, sent = counters()

while true do
  rt.sleep(interval)
  local now_received, now_sent = counters()
  if not now_received or not now_sent then
    if told ~= "absent" then
      log("shows no packet counters: not configured, or not enabled")
      told = "absent"
    end
    silent_looks = 0
  elseif now_received ~= received then
    if told == "silent" or told == "absent" then
      log("receives again")
    end
    told = "receives"
    silent_looks = 0
  elseif now_sent ~= sent then
    silent_looks = silent_looks + 1
    if silent_looks >= patience and told ~= "silent" then
      log("sends but has received nothing for " .. silent_looks * interval .. " seconds")
      told = "silent"
    end
  end
  received, sent = now_received, now_sent
  collectgarbage("collect")
end

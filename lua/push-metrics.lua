-- push-metrics.lua: push a few metrics to a Pushgateway or to VictoriaMetrics.
--
-- Purpose    For a router that nothing can reach from outside. The names are those of `yamaha-ops
--            exporter`, which knows far more: use that where the router can be reached. A group on
--            a Pushgateway never ends by itself: alert on the age of yamaha_push_time_seconds.
-- Start      schedule at 16 startup * lua /lua/push-metrics.lua
-- Variables  (router variables, `set NAME=value`)
--            PUSH_METRICS_URL       http://HOST:9091/metrics/job/rtx/instance/NAME (Pushgateway) or
--                                   http://HOST:8428/api/v1/import/prometheus (VictoriaMetrics)
--            PUSH_METRICS_LABELS    more labels: site="tokyo",router="home"
--            PUSH_METRICS_INTERVAL  seconds between pushes, 60
--            PUSH_METRICS_DESCRIPTOR  number of a NAT descriptor to count sessions of, 0 for none
--            PUSH_METRICS_TUNNEL    number of a tunnel to count packets of, 0 for none
--            NOTIFY_URL             a web hook that takes JSON by POST; nothing is sent without
--            NOTIFY_FIELD           field of the text, "text" (Slack, Teams); Discord: "content"
--            NOTIFY_NAME            what this router is called there, "rtx"
-- Cost       One of eight Lua tasks; up to three show commands a push, kept out of the log; a
--            connection a push; nothing is written to flash. Plain HTTP is readable on its way.
-- Needs      RTX830 Rev.15.02.03 (Lua 1.08). Reads Japanese and English: digits only. Counters are
--            passed on as text, since they outgrow the 32 bits of the router's numbers.

local NAME = "push-metrics"

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

local url = os.getenv("PUSH_METRICS_URL")
local labels = os.getenv("PUSH_METRICS_LABELS") or ""
local interval = setting("PUSH_METRICS_INTERVAL", 60)
local descriptor = setting("PUSH_METRICS_DESCRIPTOR", 0)
local tunnel = setting("PUSH_METRICS_TUNNEL", 0)

local function ask(command)
  local answered, text = rt.command(command, "off")
  return answered and text or ""
end

-- 7 percent is 0.07: numbers are integers here, so the ratio is made of text.
local function ratio(percent)
  local number = tonumber(percent)
  return number >= 100 and "1" or string.format("0.%02d", number)
end

local function metrics()
  local rows = {}
  local function add(name, own, value)
    if value then
      local comma = own ~= "" and labels ~= "" and "," or ""
      local all = own .. comma .. labels
      table.insert(rows, name .. (all ~= "" and "{" .. all .. "}" or "") .. " " .. value)
    end
  end
  local environment = ask("show environment")
  for percent, window in string.gmatch(environment, "(%d+)%%%((%d+%a+)%)") do
    local short = window:gsub("sec", "s"):gsub("min", "m")
    add("yamaha_cpu_utilization_ratio", 'window="' .. short .. '"', ratio(percent))
  end
  local used = string.match(environment, "(%d+)%% used")
  add("yamaha_memory_used_ratio", "", used and ratio(used))
  if descriptor > 0 then
    local text = ask("show nat descriptor address " .. descriptor):gsub("[\r\n]", "")
    local sessions = string.match(text, "(%d+) session")
    add("yamaha_nat_sessions", 'descriptor="' .. descriptor .. '"', sessions)
  end
  if tunnel > 0 then
    local found = {}
    for packets in string.gmatch(ask("show status tunnel " .. tunnel), "%(IPv4%)%s*(%d+)") do
      table.insert(found, packets)
    end
    local name = 'tunnel="' .. tunnel .. '",protocol="ipv4"'
    add("yamaha_tunnel_receive_packets_total", name, found[1])
    add("yamaha_tunnel_transmit_packets_total", name, found[2])
  end
  add("yamaha_push_time_seconds", "", os.time())
  return table.concat(rows, "\n") .. "\n"
end

local function push()
  local request = { url = url, method = "POST", content_type = "text/plain", timeout = 20 }
  request.post_text = metrics()
  local called, answer = pcall(rt.httprequest, request)
  if not called or not answer.rtn1 then
    return "no answer"
  elseif answer.code < 200 or answer.code > 299 then
    return "status " .. answer.code
  end
end

if not url then
  rt.syslog("notice", "[" .. NAME .. "] PUSH_METRICS_URL is not set")
else
  told.push = "taken"
  while true do
    local problem = push()
    if problem then
      tell("push", problem, "metrics are not taken: " .. problem)
    else
      tell("push", "taken", "metrics are taken again")
    end
    deliver()
    collectgarbage("collect")
    rt.sleep(interval)
  end
end

-- Another person's post each time, for wrk; where to and what stands in the environment. Prints one line of JSON.
local path, text, stamp = os.getenv("POST_PATH"), os.getenv("POST_TEXT"), os.getenv("POST_STAMP")
local threads, number, head = {}, 0, nil

function setup(thread)
  thread:set("thread_id", #threads + 1)
  table.insert(threads, thread)
end

function init()
  accepted, other = 0, 0
  local host = wrk.host .. ":" .. wrk.port
  head = "POST " .. path .. " HTTP/1.1\r\nHost: " .. host .. "\r\nOrigin: http://" .. host ..
    "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
end

function request()
  number = number + 1
  local body = "name=Person+" .. number .. "&email=" .. stamp .. "." .. thread_id .. "." .. number ..
    "%40example.org&country=BE&text=" .. text
  return head .. #body .. "\r\n\r\n" .. body
end

function response(status)
  if status == 303 then accepted = accepted + 1 else other = other + 1 end
end

function done(summary, latency)
  local taken, refused = 0, summary.errors.connect + summary.errors.read + summary.errors.timeout
  for _, thread in ipairs(threads) do
    taken, refused = taken + thread:get("accepted"), refused + thread:get("other")
  end
  io.write(string.format('{"accepted": %d, "other": %d, "rate": %.1f, "p50": %.2f, "p95": %.2f, "p99": %.2f}\n',
    taken, refused, taken / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000))
end

"""Enters: nothing. Leaves: the scripts that make each step in Redis one step, whole or not at all.

Each begins to write by removing something: a Redis that has no memory left refuses what adds, but
not in a script that has removed something already. So a full one can be drained.

Lists are pushed to at their left, as azafea-metrics-proxy does: the oldest item is the rightmost.
A batch is a list of its own, oldest item first; ``taken`` is a hash of each batch to its list.
"""

from __future__ import annotations

TAKE = """
local items = redis.call('LRANGE', KEYS[2], 0, -1)
if #items > 0 then return items end
local bytes = 0
while #items < tonumber(ARGV[1]) and bytes < tonumber(ARGV[2]) do
  local item = redis.call('RPOP', KEYS[1])
  if not item then break end
  redis.call('RPUSH', KEYS[2], item)
  items[#items + 1] = item
  bytes = bytes + #item
end
if #items > 0 then
  redis.call('HSET', KEYS[3], KEYS[2], KEYS[1])
  redis.call('SET', KEYS[4], '1', 'PX', ARGV[3])
end
return items
"""
"""list, batch, taken, alive; most items, most bytes, milliseconds → items.

Asked again for the same batch, it gives the same items: the first answer may have been lost.
"""

DONE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local aside = {}
for at = 2, #ARGV do aside[#aside + 1] = redis.call('LINDEX', KEYS[1], ARGV[at]) end
redis.call('DEL', KEYS[1])
redis.call('HDEL', KEYS[2], KEYS[1])
for _, item in ipairs(aside) do redis.call('LPUSH', KEYS[3], item) end
if #aside > 0 then redis.call('LTRIM', KEYS[3], 0, ARGV[1] - 1) end
return 1
"""
"""batch, taken, errors; most to keep aside, positions → whether the batch was there."""

GIVE_BACK = """
if ARGV[1] == '0' and redis.call('EXISTS', KEYS[4]) == 1 then return 0 end
local count = 0
while true do
  local item = redis.call('RPOP', KEYS[1])
  if not item then break end
  redis.call('RPUSH', KEYS[2], item)
  count = count + 1
end
redis.call('HDEL', KEYS[3], KEYS[1])
return count
"""
"""batch, list, taken, alive; whether also of one who lives → how many items went back."""

BEAT = """
if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then
  redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
end
"""
"""alive; milliseconds."""

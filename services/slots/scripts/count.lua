-- Free seats of many slots: what a projection starts from. A slot that is not open counts -1.
-- KEYS: meta, slots…; ARGV: epoch, now
-- OK free hold_expire … | STALE
local refused = stale()
if refused then return refused end
local reply = {'OK'}
for i = 2, #KEYS do
  local key, free, first_expire = KEYS[i], '-1', '0'
  local known = redis.call('HMGET', key, 'epoch', 'version', 'free', 'hold_us')
  if is_open(key, known[1], known[2]) then
    free, first_expire = known[3], known[4]
    -- What was written down holds until the first hold ends.
    if first_expire ~= '0' and tonumber(first_expire) <= now then
      free, first_expire = summary(read_all(key))
    end
  end
  reply[#reply + 1] = free
  reply[#reply + 1] = first_expire
end
return reply

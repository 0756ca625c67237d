-- Takes a free seat for a short time. A repeat (same holder, request id and body) gets its living hold;
-- another body under that id gets none, and the hold stays as it is.
-- ARGV: epoch, now, id, token, request id, holder, order, profession, length µs, total µs, holds max,
-- holds of one order max (0: any), seats beyond those of the slot (0: an ordinary seat), why beyond,
-- watch that it ends with, lifted rules, criteria of the patient, digest of the body (empty: not compared),
-- organization of the holder (empty: not counted), its holds max
-- OK hold | FULL first_expire | FREE | EXHAUSTED | NOT_OPEN | TOO_MANY | ORDER_HELD id | QUOTA | REUSED | STALE
local refused = stale()
if refused then return refused end
local key, id, token, request, holder = KEYS[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local order, order_max, beyond = ARGV[7], tonumber(ARGV[12]), tonumber(ARGV[13])
local body, organization = ARGV[18], ARGV[19]

local fields = read_slot(key)
if not fields or tonumber(fields.start_us) <= now then return {'NOT_OPEN'} end

local chosen = nil
for seat = 0, tonumber(fields.top) - 1 do
  local state = state_of(fields, seat)
  if (state == 'held' or state == 'prepared') and fields[seat .. ':request'] == request
      and fields[seat .. ':holder'] == holder then
    if body ~= (fields[seat .. ':body'] or body) then return {'REUSED'} end
    return hold_reply(fields, seat, fields.free, fields.hold_us)
  end
  if state == 'free' and not chosen then chosen = seat end
end

-- Counted by expiry, so that a late sweeper never blocks an operator.
local holder_key = prefix .. 'holder:' .. holder
redis.call('ZREMRANGEBYSCORE', holder_key, '-inf', ARGV[2])
local mine = redis.call('ZRANGE', holder_key, '0', '-1')
if body ~= '' then  -- The id may have its hold on another slot, which is another body.
  for _, member in ipairs(mine) do
    local other, seat = string.match(member, '^(.*)|(%d+)$')
    if redis.call('HGET', slot_prefix .. other, seat .. ':request') == request then
      return {'REUSED'}
    end
  end
end

-- With a seat to give, the first free one lies below the present number of seats.
local free, first_expire = summary(fields)
if beyond > 0 then
  if free ~= '0' then return {'FREE'} end
  chosen = nil
  local seats = tonumber(fields.seats)
  for seat = seats, seats + beyond - 1 do
    if state_of(fields, seat) == 'free' and not chosen then chosen = seat end
  end
  if not chosen then return {'EXHAUSTED'} end
elseif free == '0' then
  return {'FULL', first_expire}
end

if #mine >= tonumber(ARGV[11]) then return {'TOO_MANY'} end
if order_max > 0 and order ~= '' then
  local same = 0
  for _, member in ipairs(mine) do
    local other, seat = string.match(member, '^(.*)|(%d+)$')
    if redis.call('HGET', slot_prefix .. other, seat .. ':order') == order then same = same + 1 end
    if same >= order_max then return {'ORDER_HELD', other} end
  end
end

if organization ~= '' then
  local organization_key = prefix .. 'organization:' .. organization
  redis.call('ZREMRANGEBYSCORE', organization_key, '-inf', ARGV[2])
  if redis.call('ZCARD', organization_key) >= tonumber(ARGV[20]) then return {'QUOTA'} end
end

if fields[chosen .. ':state'] then vacate(key, id, fields, chosen) end
if chosen >= tonumber(fields.top) then
  fields.top = us(chosen + 1)
  redis.call('HSET', key, 'top', fields.top)
end
local limit = now + tonumber(ARGV[10])
redis.call('HINCRBY', meta_key, 'fence', 1)
put(key, fields, chosen, {
  state = 'held', token = token, holder = holder, order = order, profession = ARGV[8],
  request = request, body = body, organization = organization, reason = ARGV[14], watch = ARGV[15], lifted = ARGV[16], criteria = ARGV[17],
  fence = redis.call('HGET', meta_key, 'fence'),
  expire_us = us(math.min(now + tonumber(ARGV[9]), limit)), renew_limit_us = us(limit)})
file_expiry(id, fields, chosen)
return hold_reply(fields, chosen, publish(key, id, fields))

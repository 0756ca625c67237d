-- Takes a free seat for a short time. A repeat (same holder, request id and body) gets its living hold;
-- another body under that id gets none, and the hold stays as it is.
-- ARGV: epoch, now, id, token, request id, holder, order, profession, length µs, total µs, holds max,
-- holds of one order max (0: any), seats beyond those of the slot (0: an ordinary seat), why beyond,
-- watch that it ends with, lifted rules, criteria of the patient, digest of the body (empty: not compared),
-- organization of the holder (empty: not counted), its holds max, only as a repeat 1|0
-- OK hold | FULL first_expire | FREE | EXHAUSTED | NOT_OPEN | TOO_MANY | ORDER_HELD id | QUOTA | REUSED |
-- NO_REPEAT | STALE
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

-- What stands in a set of holds (of a `kind`, holder or organization) of a seat that `owner` still has:
-- request and order; nil, and off the set, when it was lost with its slot. A slot is closed without
-- listing its holds, and opened again it may be somebody else's.
local function read_filed(set, member, kind, owner)
  local other, seat = string.match(member, '^(.*)|(%d+)$')
  local other_key = slot_prefix .. other
  local known = redis.call('HMGET', other_key, 'epoch', 'version', seat .. ':' .. kind,
                           seat .. ':request', seat .. ':order')
  if known[3] == owner and is_open(other_key, known[1], known[2]) then
    return {request = known[4], order = known[5], slot = other}
  end
  redis.call('ZREM', set, member)
  return nil
end

-- Counted by expiry, so that a late sweeper never blocks an operator.
local holder_key = prefix .. 'holder:' .. holder
redis.call('ZREMRANGEBYSCORE', holder_key, '-inf', ARGV[2])
local mine, same, order_held = 0, 0, nil
for _, member in ipairs(redis.call('ZRANGE', holder_key, '0', '-1')) do
  local hold = read_filed(holder_key, member, 'holder', holder)
  if hold then
    -- The id may have its hold on another slot, which is another body.
    if body ~= '' and hold.request == request then return {'REUSED'} end
    mine = mine + 1
    if order ~= '' and hold.order == order then
      same = same + 1
      if same == order_max then order_held = hold.slot end
    end
  end
end

if ARGV[21] == '1' then return {'NO_REPEAT'} end

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

if mine >= tonumber(ARGV[11]) then return {'TOO_MANY'} end
if order_held then return {'ORDER_HELD', order_held} end

if organization ~= '' then
  local organization_key = prefix .. 'organization:' .. organization
  redis.call('ZREMRANGEBYSCORE', organization_key, '-inf', ARGV[2])
  local together, most = redis.call('ZCARD', organization_key), tonumber(ARGV[20])
  if together >= most then  -- Only then does it matter which of them are lost.
    for _, member in ipairs(redis.call('ZRANGE', organization_key, '0', '-1')) do
      if not read_filed(organization_key, member, 'organization', organization) then
        together = together - 1
      end
      if together < most then break end
    end
    if together >= most then return {'QUOTA'} end
  end
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

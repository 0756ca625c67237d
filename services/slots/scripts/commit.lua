-- What the ledger says of a seat: taken, or freed, by an appointment. Wins over holds. An older
-- sequence of the same seat is ignored, and so is a freeing by one who does not have the seat. A seat
-- that was prepared for a refused appointment is its holder's again, until his hold would have ended.
-- ARGV: epoch, now, id, seat, appointment, taken 1|0, sequence of the ledger
-- OK 1|0 | STALE
local refused = stale()
if refused then return refused end
local key, id, seat, appointment = KEYS[2], ARGV[3], ARGV[4], ARGV[5]
local sequence = tonumber(ARGV[7])

-- The highest sequence heard tells a rewound Redis from a good one.
local heard = tonumber(redis.call('HGET', meta_key, 'seat_sequence') or '0')
if sequence > heard then redis.call('HSET', meta_key, 'seat_sequence', ARGV[7]) end

local fields = read_slot(key)
if not fields then return {'OK', '0'} end  -- Past or withdrawn: the ledger knows.
if sequence < tonumber(fields[seat .. ':sequence'] or '0') then return {'OK', '0'} end

local function give_to_holder()
  local held_until = tonumber(fields[seat .. ':held_until_us'] or '0')
  if state_of(fields, seat) ~= 'prepared' or held_until <= now then return false end
  put(key, fields, seat, {state = 'held', expire_us = us(held_until)})
  for _, name in ipairs({'appointment', 'held_until_us'}) do
    fields[seat .. ':' .. name] = nil
    redis.call('HDEL', key, seat .. ':' .. name)
  end
  file_expiry(id, fields, seat)
  return true
end

local state, owner = fields[seat .. ':state'], fields[seat .. ':appointment']
if ARGV[6] == '1' then
  if state == 'taken' and owner == appointment then
    put(key, fields, seat, {sequence = ARGV[7]})
    return {'OK', '0'}
  end
  if state then vacate(key, id, fields, seat) end
  put(key, fields, seat, {state = 'taken', appointment = appointment, sequence = ARGV[7]})
  if tonumber(seat) >= tonumber(fields.top) then
    fields.top = us(tonumber(seat) + 1)
    redis.call('HSET', key, 'top', fields.top)
  end
else
  put(key, fields, seat, {sequence = ARGV[7]})
  if not state or owner ~= appointment then return {'OK', '0'} end
  if not give_to_holder() then vacate(key, id, fields, seat) end
end
publish(key, id, fields)
return {'OK', '1'}

-- Opens slots with the seats that the ledger knows as taken. A slot that the book has already keeps
-- its living holds and whatever it heard after the ledger was read.
-- KEYS: meta, slots…
-- ARGV: epoch of the load, now, sequence of the ledger's reading, then for each slot: id, seats,
--       start µs, life ms, number of taken seats, and for each of these: seat, appointment, sequence
-- OK | STALE when another load has come
if loading == '' or loading ~= ARGV[1] then return {'STALE', epoch} end
redis.call('HSET', meta_key, 'loading_us', ARGV[2])  -- A large region takes many of these scripts.
local read_at = tonumber(ARGV[3])
local at = 4
local function take_argument()
  at = at + 1
  return ARGV[at - 1]
end

for i = 2, #KEYS do
  local key, id = KEYS[i], take_argument()
  local seats, start_us, life_ms = take_argument(), take_argument(), take_argument()
  local taken, top = {}, tonumber(seats)
  for _ = 1, tonumber(take_argument()) do
    local seat = take_argument()
    taken[seat] = {appointment = take_argument(), sequence = take_argument()}
    top = math.max(top, tonumber(seat) + 1)
  end

  local fields = epoch ~= '' and read_slot(key) or nil
  if not fields then
    redis.call('DEL', key)
    fields = {}
  end
  top = math.max(top, tonumber(fields.top or '0'))
  fields.epoch, fields.seats, fields.top, fields.start_us = ARGV[1], seats, us(top), start_us
  redis.call('HSET', key, 'epoch', ARGV[1], 'seats', seats, 'top', fields.top, 'start_us', start_us)

  for number = 0, top - 1 do
    local seat = us(number)
    local heard_later = tonumber(fields[seat .. ':sequence'] or '0') > read_at
    if not heard_later then
      local state, fact = fields[seat .. ':state'], taken[seat]
      if state and (fact or state == 'taken') then vacate(key, id, fields, seat) end
      if fact then
        put(key, fields, seat,
            {state = 'taken', appointment = fact.appointment, sequence = fact.sequence})
      end
    end
  end
  settle(key, fields)  -- Followers count anew when they hear of the new epoch.
  redis.call('PEXPIRE', key, life_ms)
end
return {'OK'}

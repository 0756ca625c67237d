-- Free seats of many slots: what a projection starts from. A slot that is not open counts -1.
-- KEYS: meta, slots…; ARGV: epoch, now
-- OK free hold_expire … | STALE
local refused = stale()
if refused then return refused end
local reply = {'OK'}
for i = 2, #KEYS do
  local fields = read_slot(KEYS[i])
  local free, first_expire = -1, 0
  if fields then free, first_expire = summary(fields) end
  reply[#reply + 1] = tostring(free)
  reply[#reply + 1] = us(first_expire)
end
return reply

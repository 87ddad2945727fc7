-- HMAC-SHA256 over the body, against the X-RS-Sign header. SECRET stands above. Written for LuaJIT: 32-bit
-- operations only, tables made once, the key's two blocks hashed once per worker.

local bit = require("bit")
local band, bnot, bor, bxor = bit.band, bit.bnot, bit.bor, bit.bxor
local lshift, ror, rshift, tobit, tohex = bit.lshift, bit.ror, bit.rshift, bit.tobit, bit.tohex
local byte, char, rep = string.byte, string.char, string.rep

-- The first 32 bits of the fractional parts of the roots of the first primes, as SHA-256 defines its constants.
local function fraction(root)
  return tobit(math.floor((root - math.floor(root)) * 4294967296))
end

local ROUND, START = {}, {}
do
  local candidate = 2
  while #ROUND < 64 do
    local prime = true
    for divisor = 2, math.floor(math.sqrt(candidate)) do
      if candidate % divisor == 0 then prime = false end
    end
    if prime then
      if #START < 8 then START[#START + 1] = fraction(math.sqrt(candidate)) end
      -- One Newton step, since the power alone is not exact to the last bit.
      local root = candidate ^ (1 / 3)
      root = root - (root * root * root - candidate) / (3 * root * root)
      ROUND[#ROUND + 1] = fraction(root)
    end
    candidate = candidate + 1
  end
end

local W = {}
for i = 1, 64 do W[i] = 0 end

-- Takes the 64 bytes of `text` from `at` into `state`.
local function compress(state, text, at)
  for i = 1, 16 do
    local a, b, c, d = byte(text, at, at + 3)
    W[i] = bor(lshift(a, 24), lshift(b, 16), lshift(c, 8), d)
    at = at + 4
  end
  for i = 17, 64 do
    local x, y = W[i - 15], W[i - 2]
    local s0 = bxor(ror(x, 7), ror(x, 18), rshift(x, 3))
    local s1 = bxor(ror(y, 17), ror(y, 19), rshift(y, 10))
    W[i] = tobit(W[i - 16] + s0 + W[i - 7] + s1)
  end
  local a, b, c, d = state[1], state[2], state[3], state[4]
  local e, f, g, h = state[5], state[6], state[7], state[8]
  for i = 1, 64 do
    local s1 = bxor(ror(e, 6), ror(e, 11), ror(e, 25))
    local choice = bxor(band(e, f), band(bnot(e), g))
    local t1 = h + s1 + choice + ROUND[i] + W[i]
    local s0 = bxor(ror(a, 2), ror(a, 13), ror(a, 22))
    local most = bxor(band(a, b), band(a, c), band(b, c))
    h, g, f, e = g, f, e, tobit(d + t1)
    d, c, b, a = c, b, a, tobit(t1 + s0 + most)
  end
  state[1], state[2] = tobit(state[1] + a), tobit(state[2] + b)
  state[3], state[4] = tobit(state[3] + c), tobit(state[4] + d)
  state[5], state[6] = tobit(state[5] + e), tobit(state[6] + f)
  state[7], state[8] = tobit(state[7] + g), tobit(state[8] + h)
end

local function word(value)
  return char(rshift(value, 24), band(rshift(value, 16), 255), band(rshift(value, 8), 255), band(value, 255))
end

local function copy(state)
  return { state[1], state[2], state[3], state[4], state[5], state[6], state[7], state[8] }
end

-- Goes on from `start`, which has taken one block already, to the end of `text`.
local function finish(start, text)
  local state = copy(start)
  local bits = (64 + #text) * 8
  local padded = text .. "\128" .. rep("\0", (55 - #text) % 64) .. "\0\0\0\0" .. word(bits)
  for at = 1, #padded, 64 do compress(state, padded, at) end
  return state
end

local function key_block(mask)
  local bytes = {}
  for i = 1, 64 do bytes[i] = char(bxor(byte(SECRET, i) or 0, mask)) end
  local state = copy(START)
  compress(state, table.concat(bytes), 1)
  return state
end

local INNER, OUTER = key_block(0x36), key_block(0x5c)

local function hmac(text)
  local inner = finish(INNER, text)
  local digest = ""
  for i = 1, 8 do digest = digest .. word(inner[i]) end
  local outer = finish(OUTER, digest)
  local hex = ""
  for i = 1, 8 do hex = hex .. tohex(outer[i]) end
  return hex
end

-- No early exit: the time must not tell how much was right.
local function same(left, right)
  if #left ~= #right then return false end
  local difference = 0
  for i = 1, #left do difference = bor(difference, bxor(byte(left, i), byte(right, i))) end
  return difference == 0
end

function envoy_on_request(handle)
  local sign = handle:headers():get("x-rs-sign") or ""
  local body = handle:body()
  local text = ""
  if body ~= nil then text = body:getBytes(0, body:length()) end
  if not same(hmac(text), sign) then
    handle:respond({ [":status"] = "401", ["content-type"] = "application/json" },
      '{"ok":false,"error":"unauthorized"}')
  end
end

import { createHmac } from 'node:crypto';

const secret = process.env.POSTERN_SECRET; // exactly as issued: not trimmed, not decoded
const event = {
  clickid: 'abc123def456',
  event: 'ftd',
  status: 'approved',
  amount: '50.00',
  currency: 'USD',
  sub_id_1: 'fb_de_001',
  timestamp: 1717000000,
};
// Serialised once: what is signed is what is sent.
const body = JSON.stringify(Object.fromEntries(Object.entries(event).sort(([a], [b]) => (a < b ? -1 : 1))));
const sign = createHmac('sha256', secret).update(body, 'utf8').digest('hex');
const answer = await fetch('@URL@', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-RS-Source': '@PARTNER@', 'X-RS-Sign': sign },
  body,
  redirect: 'error',
  signal: AbortSignal.timeout(30_000),
});
console.log(answer.status, await answer.text());

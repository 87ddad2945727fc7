import { createHmac } from 'node:crypto';

const secret = process.env.POSTERN_SECRET; // exactly as issued: not trimmed, not decoded
const event = {
  clickid: 'abc123def456',
  event: 'ftd',
  status: 'approved',
  amount: '50.00',
  currency: 'USD',
  sub_id_1: 'fb_de_001',
  timestamp: '1717000000',
  source: '@PARTNER@',
};
// Encoded once: what is signed is what is sent.
const query = Object.keys(event).sort().map((name) => `${name}=${encodeURIComponent(event[name])}`).join('&');
const sign = createHmac('sha256', secret).update(query, 'utf8').digest('hex');
const answer = await fetch(`@URL@?${query}&sign=${sign}`, { redirect: 'error', signal: AbortSignal.timeout(30_000) });
console.log(answer.status, await answer.text());

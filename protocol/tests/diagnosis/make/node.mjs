// Wrong signatures as Node partners make them, each with the causes a diagnosis must name.
import { createHash, createHmac } from 'node:crypto';

const SECRET = 'a-Secret-of-node-42';
const NOW = 1717000000;
const EVENT = { event: 'ftd', clickid: 'abc123def456', status: 'approved', amount: '50.00', currency: 'USD', sub_id_1: "fb/d é's (001)", timestamp: NOW };
const sorted = (event) => Object.fromEntries(Object.entries(event).sort(([a], [b]) => (a < b ? -1 : 1)));
const sign = (text, secret = SECRET) => createHmac('sha256', secret).update(text).digest('hex');

function vector(name, expect, encoding, { query = '', body = '', header = null, time = null }) {
  console.log(JSON.stringify({
    language: 'node', case: name, expect, encoding, query, body, sign_header: header, time_header: time,
    keys: [{ id: 'now', secret: SECRET }], forms: null,
  }));
}

const post = (name, expect, signature, event = EVENT) =>
  vector(name, expect, 'json', { body: JSON.stringify({ ...event, sign: signature }) });

const text = JSON.stringify(sorted(EVENT));
post('right', [], sign(text));
post('pretty-printed with two blanks', ['pretty_printed'], sign(JSON.stringify(sorted(EVENT), null, 2)));
post('pretty-printed with a tab', ['pretty_printed'], sign(JSON.stringify(sorted(EVENT), null, '\t')));
post('unsorted', ['unsorted'], sign(JSON.stringify(EVENT)));
post('undefined was dropped by nobody', ['empty_left_out'], sign(text), { ...EVENT, geo: '' });
post('digest as Base64', ['sign_base64'], createHmac('sha256', SECRET).update(text).digest('base64'));
post('digest as base64url', ['sign_base64'], createHmac('sha256', SECRET).update(text).digest('base64url'));
post('createHash', ['without_hmac'], createHash('sha256').update(text).digest('hex'));
post('number for text', ['number_or_text', 'number_reformatted'], sign(JSON.stringify(sorted({ ...EVENT, amount: 50 }))));
post('the secret from a file, not trimmed', ['secret_padded'], sign(text, SECRET + '\n'));
post('the amount formatted by toFixed(1)', ['number_reformatted'], sign(JSON.stringify(sorted({ ...EVENT, amount: (50).toFixed(1) }))));
const body = JSON.stringify(EVENT);
vector('Date.now()', ['time_in_milliseconds'], 'json', { body, time: `${NOW}000`, header: sign(`${NOW}000.${body}`) });
vector('header: signed another object', ['pretty_printed'], 'json', { body, header: sign(JSON.stringify(EVENT, null, 2)) });

const pairs = Object.entries(EVENT).map(([name, value]) => [name, String(value)]);
const byComponent = (list) => list.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
const bySearchParams = (list) => new URLSearchParams(list).toString();
const ordered = [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));
const get = (name, expect, encode, signature) =>
  vector(name, expect, 'query', { query: encode([...pairs, ['sign', signature]]) });
get('right', [], byComponent, sign(byComponent(ordered)));
get('right by URLSearchParams', [], bySearchParams, sign(bySearchParams(ordered)));
get('signed by encodeURIComponent, sent by URLSearchParams', ['plus_or_percent20'], bySearchParams, sign(byComponent(ordered)));
get('signed by URLSearchParams, sent by encodeURIComponent', ['plus_or_percent20'], byComponent, sign(bySearchParams(ordered)));
get('unsorted', ['unsorted'], byComponent, sign(byComponent(pairs)));

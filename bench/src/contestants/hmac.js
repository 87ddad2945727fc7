// HMAC-SHA256 over the body with njs's own native hash, against the X-RS-Sign header.
import crypto from 'crypto';

// No early exit: the time must not tell how much was right.
function same(left, right) {
  if (left.length !== right.length) {
    return false;
  }
  let difference = 0;
  for (let i = 0; i < left.length; i++) {
    difference |= left.charCodeAt(i) ^ right.charCodeAt(i);
  }
  return difference === 0;
}

function check(r) {
  const expected = crypto.createHmac('sha256', '@SECRET@').update(r.requestText || '').digest('hex');
  if (same(expected, r.headersIn['X-RS-Sign'] || '')) {
    r.internalRedirect('@backend');
  } else {
    r.headersOut['Content-Type'] = 'application/json';
    r.return(401, '{"ok":false,"error":"unauthorized"}');
  }
}

export default { check };

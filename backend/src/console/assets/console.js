// What makes the console handier. Every page works without it.
'use strict';

document.documentElement.dataset.script = 'on';

// The colours change at once; the form would do the same by a reload.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('.themes') || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  document.documentElement.dataset.theme = theme;
  document.cookie = `postern_theme=${theme}; Path=/console; Max-Age=31536000; SameSite=Strict`;
  for (const button of form.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button === event.submitter));
  }
});

// `/` leads to the search field, `j` and `k` from row to row: rows are what bears `data-row`, and
// the first link or button in one is what is focused.
const rows = () => [...document.querySelectorAll('[data-row]')];
const move = (by) => {
  const all = rows();
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[here === -1 ? (by > 0 ? 0 : all.length - 1) : here + by];
  const target = next?.querySelector('a, button, summary') ?? next;
  target?.focus();
  target?.scrollIntoView({ block: 'nearest' });
};
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('input, textarea, select');
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.documentElement.dataset.shortcuts === 'off') return;
  if (event.key === '/') {
    const field = document.querySelector('[data-search]');
    if (!field) return;
    event.preventDefault();
    const fold = field.closest('details');
    if (fold) fold.open = true;
    field.focus();
    field.select?.();
  } else if (event.key === 'j') move(1);
  else if (event.key === 'k') move(-1);
  else {
    // A flag's answers: their keys open one and lead to its button, which gives it.
    const answer = document.querySelector(`details[data-key="${CSS.escape(event.key)}"]`);
    if (!answer) return;
    event.preventDefault();
    answer.open = true;
    (answer.querySelector('button') ?? answer.querySelector('summary')).focus();
  }
});

// A form that asks for what is shown is folded where there is little room, unless something in it is
// wrong. Without the script it is open.
const narrow = matchMedia('(max-width: 46rem)');
const fold = () => {
  for (const form of document.querySelectorAll('details.fold')) {
    form.open = !narrow.matches || form.querySelector('[aria-invalid="true"]') !== null;
  }
};
narrow.addEventListener('change', fold);
fold();

// What comes in, on a page that shows it: rows arrive above the others, the oldest go.
const live = document.querySelector('[data-live]');
if (live) {
  const keep = 50;
  const state = document.querySelector('[data-live-state]');
  const note = document.querySelector('[data-live-note]');
  const source = new EventSource(live.dataset.live);
  const end = (word, text) => {
    source.close();
    state.textContent = word;
    state.className = 'chip warn';
    note.textContent = text;
    note.hidden = false;
  };
  source.addEventListener('open', () => {
    state.textContent = 'live';
    state.className = 'chip good';
  });
  source.addEventListener('delivery', (event) => {
    if (live.querySelector(`[data-id="${CSS.escape(event.lastEventId)}"]`)) return;
    live.querySelector('[data-none]')?.remove();
    const holder = document.createElement('template');
    holder.innerHTML = event.data; // made and escaped by the same template as the page's own rows
    holder.content.querySelector('tr')?.classList.add('fresh');
    const next = [...live.children].find((row) => row.dataset.id < event.lastEventId);
    live.insertBefore(holder.content, next ?? null);
    // A row that somebody has the focus in stays.
    for (const row of [...live.children].slice(keep)) {
      if (!row.contains(document.activeElement)) row.remove();
    }
  });
  source.addEventListener('figures', (event) => {
    const figures = document.querySelector('[data-figures]');
    if (!figures || figures.contains(document.activeElement)) return;
    figures.innerHTML = event.data;
  });
  source.addEventListener('stopped', (event) => end('stopped', event.data));
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) {
      end('stopped', 'The connection is gone: you may have been logged out. Reload the page to go on.');
    } else {
      state.textContent = 'connecting again';
      state.className = 'chip warn';
    }
  });
}

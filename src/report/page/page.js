// Filters the findings by severity, by words, and by the guest or device that was clicked on in the
// picture; the last is the part of the page's address behind "#about=". Without scripts the page
// shows everything. It makes no markup and no request.
'use strict';

const filters = document.querySelector('.filters');
const words = document.querySelector('.filters input[type="search"]');
const severities = [...document.querySelectorAll('.filters input[type="checkbox"]')];
const about = document.querySelector('.filters .about');
const nothing = document.querySelector('.nothing');
const findings = [...document.querySelectorAll('.finding')]
  .map((element) => ({ element, text: element.textContent.toLowerCase() }));
const groups = [...document.querySelectorAll('.group')];

// "3" or "3/vif/0", or nothing.
function chosen() {
  const prefix = '#about=';
  if (!location.hash.startsWith(prefix)) return '';
  try {
    return decodeURIComponent(location.hash.slice(prefix.length));
  } catch {
    return '';
  }
}

function apply() {
  const subject = chosen();
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = new Set(severities.filter((box) => box.checked).map((box) => box.value));
  let count = 0;
  for (const { element, text } of findings) {
    const its = element.dataset.about;
    const show = shown.has(element.dataset.severity) &&
      (subject === '' || its === subject || its.startsWith(subject + '/') ||
        element.dataset.suspect === subject) &&
      wanted.every((word) => text.includes(word));
    element.hidden = !show;
    if (show) count += 1;
  }
  for (const group of groups) {
    group.hidden = !group.querySelector('.finding:not([hidden])');
  }
  about.hidden = subject === '';
  about.textContent = 'only ' + subject + ' ✕';
  if (nothing) nothing.hidden = count !== 0;
}

if (filters) {
  filters.hidden = false;
  for (const box of severities) box.addEventListener('change', apply);
  words.addEventListener('input', apply);
  about.addEventListener('click', () => {
    history.replaceState(null, '', location.pathname + location.search);
    apply();
  });
  addEventListener('hashchange', () => {
    apply();
    if (chosen() !== '') filters.scrollIntoView();
  });
  apply();
}

// Opens all folded parts before printing, because a closed part is not printed.
addEventListener('beforeprint', () => {
  for (const fold of document.querySelectorAll('details')) fold.open = true;
});
document.documentElement.dataset.ready = 'yes';

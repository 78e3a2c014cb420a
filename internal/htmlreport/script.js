
(() => {
'use strict';
const root = document.documentElement, tip = document.getElementById('tip');

// The theme is the system's until somebody chooses.
const button = document.getElementById('theme'), system = matchMedia('(prefers-color-scheme: dark)');
const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
const name = () => { button.textContent = dark() ? 'Light' : 'Dark'; button.setAttribute('aria-label', 'Switch to the ' + button.textContent.toLowerCase() + ' theme'); };
button.hidden = false;
button.addEventListener('click', () => { root.dataset.theme = dark() ? 'light' : 'dark'; name(); });
system.addEventListener('change', name);
name();

// The bars of a timeline say what they are by a title of their own.
for (const title of document.querySelectorAll('.timeline rect>title')) {
	const bar = title.parentNode;
	bar.classList.add('m');
	bar.setAttribute('role', 'img');
	bar.setAttribute('aria-label', title.textContent);
	title.remove();
}

// Each picture is one stop of the Tab key; arrows go from mark to mark.
const marksOf = chart => [...chart.querySelectorAll('.m')];
for (const chart of document.querySelectorAll('[data-chart]'))
	marksOf(chart).forEach((mark, i) => { mark.tabIndex = i ? -1 : 0; });

const middle = mark => { const b = mark.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; };
const hide = () => { tip.hidden = true; };
const show = mark => {
	tip.textContent = mark.getAttribute('aria-label');
	tip.hidden = false;
	const b = mark.getBoundingClientRect(), t = tip.getBoundingClientRect(), room = 8;
	const left = Math.max(room, Math.min(b.left + b.width / 2 - t.width / 2, root.clientWidth - t.width - room));
	const top = b.top - t.height - room > room ? b.top - t.height - room : b.bottom + room;
	tip.style.transform = 'translate(' + Math.round(left) + 'px,' + Math.round(top) + 'px)';
};

// The mark under the pointer, or the nearest one.
const reach = 26;
const nearest = (chart, x, y) => {
	let best = null, least = reach;
	for (const mark of marksOf(chart)) {
		const [mx, my] = middle(mark), d = Math.hypot(mx - x, my - y);
		if (d < least) { best = mark; least = d; }
	}
	return best;
};
addEventListener('pointermove', e => {
	const chart = e.target.closest && e.target.closest('[data-chart]');
	const mark = chart && (e.target.closest('.m') || nearest(chart, e.clientX, e.clientY));
	if (mark) show(mark);
	else if (!focused()) hide();
});
addEventListener('focusin', e => { if (e.target.classList.contains('m')) show(e.target); else hide(); });
addEventListener('focusout', hide);
// Focus may scroll the page, and what is said moves along.
const focused = () => document.activeElement && document.activeElement.classList.contains('m') ? document.activeElement : null;
addEventListener('scroll', () => { if (focused()) show(focused()); else hide(); }, { passive: true, capture: true });

const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
addEventListener('keydown', e => {
	const mark = e.target;
	if (e.key === 'Escape') return hide();
	if (!mark.classList || !mark.classList.contains('m')) return;
	const marks = marksOf(mark.closest('[data-chart]')), [x, y] = middle(mark), step = steps[e.key];
	let next = null;
	if (e.key === 'Home') next = marks[0];
	else if (e.key === 'End') next = marks[marks.length - 1];
	else if (step) {
		let least = Infinity;
		for (const other of marks) {
			const [ox, oy] = middle(other), along = (ox - x) * step[0] + (oy - y) * step[1], aside = Math.abs((ox - x) * step[1]) + Math.abs((oy - y) * step[0]);
			if (other !== mark && along > 1 && along + 3 * aside < least) { next = other; least = along + 3 * aside; }
		}
	} else return;
	e.preventDefault();
	if (!next) return;
	mark.tabIndex = -1;
	next.tabIndex = 0;
	next.focus();
});

// A link into a folded workload unfolds it.
const unfold = () => {
	const id = decodeURIComponent(location.hash.slice(1)), at = id && document.getElementById(id);
	const fold = at && at.closest('details');
	if (fold) { fold.open = true; at.scrollIntoView(); }
};
addEventListener('hashchange', unfold);
unfold();

// Paper cannot be unfolded.
let folded = [];
addEventListener('beforeprint', () => {
	folded = [...document.querySelectorAll('details.subject:not([open])')];
	for (const d of folded) d.open = true;
});
addEventListener('afterprint', () => { for (const d of folded) d.open = false; });

// The link holds the file by gzip; who clicks gets it as it was.
addEventListener('click', async e => {
	const link = e.target.closest && e.target.closest('a.download');
	if (!link || !self.DecompressionStream) return;
	e.preventDefault();
	const packed = Uint8Array.from(atob(link.getAttribute('href').split(',')[1]), c => c.charCodeAt(0));
	const bytes = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).blob();
	const out = document.createElement('a');
	out.href = URL.createObjectURL(bytes);
	out.download = link.dataset.name;
	out.click();
	setTimeout(() => URL.revokeObjectURL(out.href), 60000);
});
})();

/** For both pages: a phone in the hand and a television across the room, by day and by night. */
export const style = `
:root { color-scheme: light dark; --ground: #f4f1ea; --card: #fffdf8; --ink: #1c1b22; --soft: #5c5a66; --line: #cfcabd;
  --accent: #6a3fc4; --on-accent: #fff; --bad: #a3253b; --good: #1d6b45; }
@media (prefers-color-scheme: dark) { :root { --ground: #12121c; --card: #1c1c2b; --ink: #f3f1fa; --soft: #b4b1c6;
  --line: #44425c; --accent: #bfa6ff; --on-accent: #1a1038; --bad: #ff9aa9; --good: #86dcb0; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); line-height: 1.5;
  font-family: ui-rounded, "Segoe UI", system-ui, sans-serif; display: flex; flex-direction: column; align-items: center; }
header, main, footer { width: min(100% - 2rem, var(--wide, 26rem)); }
header { margin: 1.5rem 0 1rem; font-weight: 700; letter-spacing: .02em; }
header span { color: var(--accent); }
main { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: 1.5rem; }
footer { margin: 1rem 0 2rem; color: var(--soft); font-size: .875rem; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .75rem; }
p { margin: 0 0 1rem; }
dl { margin: 0 0 1rem; display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
input[type=text] { width: 100%; padding: .75rem; border: 2px solid var(--line); border-radius: .5rem; background: var(--ground);
  color: var(--ink); font: 600 1.5rem/1.2 ui-monospace, monospace; letter-spacing: .12em; text-transform: uppercase; }
.buttons { display: flex; gap: .75rem; margin-top: 1.25rem; }
button, a.button { flex: 1; min-height: 3rem; padding: .5rem 1rem; border: 2px solid var(--accent); border-radius: .5rem; font: inherit;
  font-weight: 700; cursor: pointer; background: var(--accent); color: var(--on-accent); text-align: center; text-decoration: none; }
button.second { background: transparent; color: var(--ink); border-color: var(--line); }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.problem { border-left: 4px solid var(--bad); padding: .25rem .75rem; color: var(--bad); font-weight: 600; }
.mark { display: block; font-size: 3rem; line-height: 1; margin-bottom: .75rem; color: var(--good); }
.mark.no { color: var(--bad); }
code, .code { font-family: ui-monospace, monospace; letter-spacing: .06em; font-weight: 700; }
body.tv { --wide: 60rem; justify-content: center; }
body.tv main { padding: clamp(1.5rem, 4vw, 3.5rem); border-radius: 1.5rem; }
body.tv .buttons { max-width: 18rem; }
body.tv h1 { font-size: clamp(1.75rem, 4vw, 2.75rem); }
.ask { display: grid; grid-template-columns: 1fr auto; gap: 2rem; align-items: center; font-size: 1.25rem; }
.ask .code { display: block; font-size: clamp(2.5rem, 7.5vw, 4.75rem); line-height: 1.15; letter-spacing: .06em; white-space: nowrap; color: var(--accent); }
.qr { background: #fff; padding: .75rem; border-radius: .75rem; width: clamp(9rem, 22vw, 15rem); }
.qr svg { display: block; width: 100%; height: auto; }
ol.way { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; margin: 2rem 0 0; padding: 0; color: var(--soft); }
ol.way li { border: 2px solid var(--line); border-radius: 2rem; padding: .25rem 1rem; }
ol.way li[aria-current] { border-color: var(--accent); color: var(--ink); font-weight: 700; }
@media (max-width: 40rem) { .ask { grid-template-columns: 1fr; } }
`

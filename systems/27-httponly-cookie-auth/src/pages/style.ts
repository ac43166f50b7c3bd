/** The pages' one stylesheet, in the page itself: its hash is in the policy. */
export const style = `
:root { color-scheme: light dark; --ink: #1c1e26; --quiet: #555b6e; --paper: #fbfaf7; --card: #fff;
  --line: #d9d6cc; --accent: #7a3b10; --on-accent: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceaf2; --quiet: #aeb2c4; --paper: #14151c; --card: #1d1f29;
    --line: #3a3d4d; --accent: #f0b27a; --on-accent: #22160c }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif }
main { width: min(34rem, 100%); background: var(--card); border: 1px solid var(--line);
  border-radius: 14px; padding: 2rem 2.25rem }
h1 { margin: 0 0 .5rem; font-size: 1.65rem; line-height: 1.2; letter-spacing: -.01em }
h2 { margin: 1.75rem 0 .5rem; font-size: 1rem }
p { margin: .5rem 0 } .quiet { color: var(--quiet) }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .5rem 0 }
label { flex: 1 1 12rem; font-weight: 600 }
input { display: block; width: 100%; margin-top: .25rem; padding: .55rem .7rem; font: inherit;
  color: inherit; background: var(--paper); border: 1px solid var(--quiet); border-radius: 8px }
button, .button { display: inline-block; padding: .6rem 1.1rem; font: inherit; font-weight: 600;
  cursor: pointer; border: 1px solid var(--accent); border-radius: 8px; text-decoration: none;
  background: var(--accent); color: var(--on-accent) }
button.second { background: none; color: var(--accent) }
.row { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1.75rem; padding-top: 1rem;
  border-top: 1px solid var(--line) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
`

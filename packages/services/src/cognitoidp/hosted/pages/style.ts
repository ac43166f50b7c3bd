/** One sheet for all pages, light and dark. Class names that end in `-customizable` are AWS's: a pool's own CSS changes them. */
export const style = `
:root{color-scheme:light dark;--ground:#f3f5f9;--sheet:#fff;--ink:#16202e;--soft:#566377;--line:#8793a6;--accent:#2349c9;--on-accent:#fff;--bad:#a3141f;--bad-ground:#fdeeee;--good:#145c37;--good-ground:#e9f6ee}
@media(prefers-color-scheme:dark){:root{--ground:#10151d;--sheet:#1a2230;--ink:#eef2f8;--soft:#a9b5c7;--line:#66748b;--accent:#9db4ff;--on-accent:#0b1430;--bad:#ffb3b3;--bad-ground:#3a1d22;--good:#a8e6c1;--good-ground:#16301f}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem 1rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:25rem;background:var(--sheet);border-radius:.9rem;padding:2rem;box-shadow:0 1px 2px rgb(0 0 0/.12),0 12px 32px rgb(0 0 0/.08)}
h1{margin:0 0 1.25rem;font-size:1.5rem;line-height:1.25}
p{margin:0 0 1rem}
form{margin:0}
.field{margin:0 0 1rem}
label,legend{display:block;margin:0 0 .3rem;font-weight:600;padding:0}
fieldset{border:0;margin:0 0 1rem;padding:0}
fieldset label{font-weight:400;display:flex;gap:.6rem;align-items:center;padding:.35rem 0}
input:not([type=radio]){width:100%;padding:.65rem .75rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.5rem}
input[aria-invalid=true]{border-color:var(--bad);border-width:2px}
input:focus-visible,button:focus-visible,a:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
button,.button{display:block;width:100%;padding:.7rem 1rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer;border-radius:.5rem;border:1px solid var(--accent);background:var(--accent);color:var(--on-accent)}
.button.idpButton-customizable,button.second{background:transparent;color:var(--ink);border-color:var(--line);font-weight:500;margin:0 0 .6rem}
button.link{display:inline;width:auto;padding:0;border:0;background:none;color:var(--accent);font-weight:500;text-decoration:underline}
a{color:var(--accent)}
.hint{color:var(--soft);font-size:.9rem;margin:.3rem 0 0}
.hint+form{margin-top:1.25rem}
.note{border-radius:.5rem;padding:.75rem 1rem;margin:0 0 1.25rem}
.errorMessage-customizable{color:var(--bad);background:var(--bad-ground)}
.notice{color:var(--good);background:var(--good-ground)}
.or{display:flex;align-items:center;gap:.75rem;color:var(--soft);margin:1.25rem 0;font-size:.9rem}
.or::before,.or::after{content:"";flex:1;border-top:1px solid var(--line);opacity:.5}
.below{margin:1.25rem 0 0;text-align:center}
.code{font-variant-numeric:tabular-nums;letter-spacing:.2em}
.qr{display:block;width:12rem;height:12rem;margin:0 auto 1rem;border-radius:.5rem;background:#fff}
.secret{font-family:ui-monospace,monospace;overflow-wrap:anywhere;user-select:all}
.logo-customizable{display:block;max-width:60%;max-height:5rem;margin:0 auto 1.5rem}
`

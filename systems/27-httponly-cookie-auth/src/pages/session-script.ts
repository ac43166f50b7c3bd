/**
 * Renews the session before the cookie ends, while a page is open. It can ask for that and cannot see a token: both
 * cookies are the browser's. Without it there is the page's button.
 */
export const sessionScript = `
const note = document.querySelector('[data-expires-in]')
const aheadSeconds = 300
function renewIn(seconds) {
  setTimeout(renew, Math.max(seconds - aheadSeconds, 30) * 1000)
}
async function renew() {
  const answer = await fetch('/oauth2/refresh', { method: 'POST' }).catch(() => undefined)
  if (answer?.ok) {
    const { expiresIn, until } = await answer.json()
    note.textContent = until
    renewIn(expiresIn)
  } else if (answer?.status === 401) {
    note.textContent = 'This session has ended.'
  } else {
    renewIn(0)
  }
}
if (note) renewIn(Number(note.dataset.expiresIn))
`

import { formOf, type HttpAnswer, type HttpRequest, wantsPage } from '../http.ts'
import { escaped, json, page, untilText } from '../pages/page.ts'
import { setting } from '../setting.ts'

const greeting = 'Hello from Lambda!'

/** Longest order, in characters: a backend that stands in for one should still not take everything. */
const orderLengthMax = 100

/** `getProtectedResource`: whoever comes here has been judged by the authorizer. It knows nothing of tokens. */
export const handler = async (request: HttpRequest): Promise<HttpAnswer> => {
  const loginUrl = setting('LOGIN_URL')
  if (request.routeKey === 'POST /orders') return ordered(request, loginUrl)
  if (!wantsPage(request)) return json(200, greeting)
  const { exp = '0' } = request.requestContext.authorizer?.lambda ?? {}
  const expiresAtMs = Number(exp) * 1000
  const expiresIn = Math.max(Math.round((expiresAtMs - Date.now()) / 1000), 0)
  const body = `<p class="quiet" role="status" data-expires-in="${expiresIn}">${untilText(expiresAtMs)}</p>
<p>Your tokens are in this browser’s cookies, where no script of any page can read them.</p>
<h2>Order something</h2>
<form method="post" action="/orders">
<label>What shall it be? <input name="item" required maxlength="${orderLengthMax}" autocomplete="off"></label>
<button>Order</button>
</form>
<div class="row">
<form method="post" action="/oauth2/refresh"><button class="second">Stay signed in</button></form>
<form method="post" action="/oauth2/refresh/logout"><button class="second">Sign out</button></form>
</div>
<script src="/oauth2/session.js" type="module"></script>`
  return page(loginUrl, { title: greeting, body })
}

/** Stands for everything that a request may change. */
function ordered(request: HttpRequest, loginUrl: string): HttpAnswer {
  const item = formOf(request).get('item') ?? ''
  if (item === '' || item.length > orderLengthMax) return json(400, { message: 'Bad Request' })
  console.log(JSON.stringify({ ordered: item }))
  if (!wantsPage(request)) return json(201, { ordered: item })
  const body = `<p>${escaped(item)} is on its way.</p><p><a href="/">Back</a></p>`
  return page(loginUrl, { statusCode: 201, title: 'Ordered', body })
}

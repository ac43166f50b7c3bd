import type { Context } from '../../context.ts'
import {
  type HttpOperationInput,
  type HttpOperationOutput,
  httpOperation,
} from '../../http-operation.ts'
import { clients } from '../clients/state.ts'
import { pools } from '../pools/state.ts'
import {
  confirmByLink,
  confirmPages,
  forgotPages,
  resendPages,
  resetPages,
  signUpPages,
} from './accounts.ts'
import { empty, page } from './answers.ts'
import { authorize } from './authorize.ts'
import { changePassword, secondFactor, setUpFactor } from './challenges.ts'
import { providerResponse } from './federation/response.ts'
import { samlResponse } from './federation/saml.ts'
import { domainOf } from './hosts.ts'
import { lookOf } from './interaction.ts'
import { formBytesMax } from './limits.ts'
import { logout } from './logout.ts'
import { messagePage } from './pages/challenge-pages.ts'
import { layout } from './pages/layout.ts'
import { revoke } from './revoke.ts'
import { showSignIn, signIn } from './sign-in.ts'
import { type Endpoint, queryOf, type Site } from './site.ts'
import { token } from './token.ts'
import { userInfo } from './user-info.ts'

/** Source: "Identity provider and relying party endpoints" and "User-interactive managed login and classic hosted UI endpoints". */
const endpoints: Readonly<Record<string, Readonly<Record<string, Endpoint>>>> = {
  '/changePassword': changePassword,
  '/confirm': confirmPages,
  '/confirmForgotPassword': resetPages,
  '/confirmUser': { GET: confirmByLink },
  '/error': { GET: showError },
  '/forgotPassword': forgotPages,
  '/login': { GET: showSignIn, POST: signIn },
  '/logout': { GET: logout },
  '/mfa': secondFactor,
  '/mfa/setup': setUpFactor,
  '/oauth2/authorize': { GET: authorize },
  '/oauth2/idpresponse': { GET: providerResponse, POST: providerResponse },
  '/oauth2/revoke': { POST: revoke },
  '/oauth2/token': { POST: token },
  '/oauth2/userInfo': { GET: userInfo, POST: userInfo },
  '/resendcode': resendPages,
  '/saml2/idpresponse': { POST: samlResponse },
  '/signup': signUpPages,
}

/** What programs in browsers may call from other origins. */
const forPrograms = new Set(['/oauth2/token', '/oauth2/userInfo', '/oauth2/revoke'])

/** Every request to a login domain. */
export const hostedLogin = httpOperation('cognitoidp', 'HostedLogin', {
  unsigned: true,
  authorize: () => ({ none: 'People and apps sign in here: by password, code, secret or token.' }),
  provenance: 'modelled',
  // Deviation: CloudTrail has no events of the login pages and endpoints; AWS logs them as service events.
  trail: { kind: 'unlogged' },
  // Codes, tokens and cookies open something, and pages may show addresses.
  secretOutput: (output) => ({ status: (output as HttpOperationOutput).status }),
  scope: (input, ctx) => {
    const domain = domainOf(ctx, input)
    return domain === undefined ? {} : { accountId: domain.accountId, region: domain.region }
  },
  run: answer,
})

async function answer(ctx: Context, input: HttpOperationInput): Promise<HttpOperationOutput> {
  const domain = domainOf(ctx, input)
  const pool = domain === undefined ? undefined : pools.get(ctx, domain.poolId)
  if (domain === undefined || pool === undefined) return notFound()
  // What every object inherits is neither a path nor a method.
  const methods = Object.hasOwn(endpoints, input.path) ? endpoints[input.path] : undefined
  if (methods === undefined) return notFound()
  if (input.method === 'OPTIONS' && forPrograms.has(input.path)) return preflight(methods)
  const method = input.method === 'HEAD' ? 'GET' : input.method
  const endpoint = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (endpoint === undefined) return empty(405, { allow: Object.keys(methods).join(', ') })
  if (input.body.byteLength > formBytesMax) return empty(413)
  return await endpoint({ ctx, input, domain, pool })
}

/** A browser's question before a call from another origin. */
function preflight(methods: Readonly<Record<string, Endpoint>>): HttpOperationOutput {
  return empty(200, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': Object.keys(methods).join(', '),
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-max-age': '3600',
  })
}

function notFound(): HttpOperationOutput {
  const view = messagePage('Page not found', 'There is no such login page.')
  return page(404, layout(view, undefined))
}

/** `GET /error`: what can not be told to the app, which is not known to be the right one. */
function showError(site: Site): HttpOperationOutput {
  const query = queryOf(site)
  const client = clients.get(site.ctx, query.get('client_id') ?? '')
  const text = (query.get('error') ?? 'Unknown error').slice(0, 200)
  const view = messagePage('An error was encountered with the requested page.', text)
  return page(400, layout(view, lookOf(site, client)))
}

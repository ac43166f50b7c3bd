import type { HttpOperationOutput } from '../../../http-operation.ts'
import type { Provider } from '../../clients/state.ts'
import { errorPage } from '../login-request.ts'
import type { Site } from '../site.ts'

/** Where a SAML provider is asked. Undefined: it can not be. */
export function samlRequest(_site: Site, _provider: Provider, _state: string): string | undefined {
  return undefined
}

/** `POST /saml2/idpresponse` */
export function samlResponse(site: Site): HttpOperationOutput {
  return errorPage(site, { error: 'Orrery does not model sign-in by SAML yet' })
}

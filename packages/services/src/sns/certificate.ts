import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'
import { certificate, certificatePath } from './signing-key.ts'

/** The certificate to which `SigningCertURL` points, for everyone. */
export function serveCertificate({ method, path }: HttpRequest): HttpResponse | undefined {
  if (path !== certificatePath || (method !== 'GET' && method !== 'HEAD')) return undefined
  return {
    status: 200,
    headers: { 'content-type': 'application/x-pem-file' },
    body: new TextEncoder().encode(certificate),
  }
}

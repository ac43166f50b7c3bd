import { AwsError } from '@cloud-orrery/models'
import { describe, expect, test } from 'vitest'
import type { HttpRequest } from '../http.ts'
import { dataFolder } from '../vectors/vector-models.test-support.ts'
import { canonicalRequest, payloadHash, stringToSign } from './canonical-request.ts'
import { parseSignature } from './parse-signature.ts'
import type { SignedRequest } from './signed-request.ts'
import { suiteCases, suiteCredentials } from './suite.test-support.ts'
import { verifySignature } from './verify-signature.ts'

const folder = dataFolder()

function signedOf(request: HttpRequest): SignedRequest {
  const signed = parseSignature(request)
  if (signed === undefined || signed instanceof AwsError) throw new Error('The suite is signed')
  return signed
}

describe.skipIf(folder === undefined)('AWS’s Signature Version 4 test suite', () => {
  for (const suiteCase of folder === undefined ? [] : suiteCases(`${folder}/sigv4`)) {
    const { name, authorization } = suiteCase
    const headers: Record<string, string> = { ...suiteCase.request.headers, authorization }
    const request = { ...suiteCase.request, headers }

    test(`${name} has that canonical request and is accepted`, () => {
      const signed = signedOf(request)
      const canonical = canonicalRequest(request, signed, payloadHash(request, signed))
      expect(canonical).toBe(suiteCase.canonicalRequest)
      expect(stringToSign(signed, canonical)).toBe(suiteCase.stringToSign)
      expect(verifySignature(request, signed, suiteCredentials.secretAccessKey)).toEqual({
        ok: true,
      })
    })

    test(`${name} is refused with any part changed`, () => {
      const signed = signedOf(request)
      const verdict = (changed: HttpRequest, as = signed) =>
        verifySignature(changed, as, suiteCredentials.secretAccessKey).ok
      const accepted = [
        verdict({ ...request, method: 'PATCH' }),
        verdict({ ...request, path: `${request.path}x` }),
        verdict({ ...request, query: `${request.query}&x=1` }),
        verdict({ ...request, body: Buffer.concat([request.body, Buffer.of(0)]) }),
        ...signed.signedHeaders.map((header) =>
          verdict({ ...request, headers: { ...headers, [header]: `${headers[header]}x` } }),
        ),
        ...Array.from(signed.signature, (digit, i) => {
          const other = digit === '0' ? '1' : '0'
          const signature = signed.signature.slice(0, i) + other + signed.signature.slice(i + 1)
          return verdict(request, { ...signed, signature })
        }),
        verifySignature(request, signed, 'another secret').ok,
      ]
      expect(accepted).toEqual(accepted.map(() => false))
    })
  }
})

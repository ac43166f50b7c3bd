import { generateKeyPairSync } from 'node:crypto'
import {
  GetCertificateCommand,
  ImportCertificateCommand,
  type ImportCertificateCommandInput,
  ListCertificatesCommand,
} from '@aws-sdk/client-acm'
import { RandomStreams } from '@cloud-orrery/kernel'
import { describe, expect, test } from 'vitest'
import {
  type CertificateContent,
  privateKeyPem,
  signedCertificate,
} from '../shared/certificates/x509.ts'
import { newRsaKey } from '../shared/keys/rsa-keys.ts'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import { refusal, withZone } from './acm.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const random = new RandomStreams(7).stream('keys')
const keys = [newRsaKey(random, 1024), newRsaKey(random, 1024)] as const
const own = { subject: [['CN', 'orrery.dev']], issuer: [['CN', 'orrery.dev']] } as const

/** A certificate, by default signed by its own key, valid in January 2026. */
function made(content: Partial<CertificateContent> = {}): Buffer {
  const pem = signedCertificate({
    ...own,
    publicKey: keys[0],
    signingKey: keys[0],
    serial: Uint8Array.of(0x03, 0xe9),
    notBeforeMs: Date.UTC(2026, 0, 1),
    notAfterMs: Date.UTC(2026, 1, 1),
    usages: ['DIGITAL_SIGNATURE'],
    names: ['orrery.dev'],
    ...content,
  })
  return Buffer.from(pem)
}

const key = (of = keys[0]) => Buffer.from(privateKeyPem(of))

describe('an imported certificate', () => {
  test('it is given back as it came, and ends on its day', async () => {
    const { acm, cloud, describe } = await withZone()
    const issuer = [['CN', 'Own CA']] as const
    const CertificateChain = made({
      subject: issuer,
      issuer,
      publicKey: keys[1],
      signingKey: keys[1],
      usages: ['CERTIFICATE_SIGNING'],
      pathLength: 0,
    })
    const Certificate = made({ issuer, signingKey: keys[1] })
    const input = { Certificate, PrivateKey: key(), CertificateChain }
    const { CertificateArn = '' } = await acm.send(new ImportCertificateCommand(input))
    const got = await acm.send(new GetCertificateCommand({ CertificateArn }))
    expect([got.Certificate, got.CertificateChain]).toEqual([
      Certificate.toString(),
      CertificateChain.toString(),
    ])
    const { CertificateSummaryList } = await acm.send(new ListCertificatesCommand({}))
    expect(CertificateSummaryList?.map(({ KeyAlgorithm }) => KeyAlgorithm)).toEqual(['RSA-1024'])
    await cloud.advance({ days: 31 })
    expect((await describe(CertificateArn)).Status).toBe('EXPIRED')
    const renewed = {
      ...input,
      CertificateArn,
      Certificate: made({ issuer, signingKey: keys[1], notAfterMs: Date.UTC(2026, 5, 1) }),
    }
    await acm.send(new ImportCertificateCommand(renewed))
    expect((await describe(CertificateArn)).Status).toBe('ISSUED')
  })

  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const cases: readonly (readonly [string, ImportCertificateCommandInput])[] = [
    [
      'The certificate field contains more than one certificate. You can specify only one certificate in this field.',
      { Certificate: Buffer.concat([made(), made()]), PrivateKey: key() },
    ],
    [
      'Unable to parse certificate. Please ensure the certificate is in PEM format.',
      { Certificate: Buffer.from('a certificate'), PrivateKey: key() },
    ],
    [
      'The private key is not supported.',
      { Certificate: made(), PrivateKey: Buffer.from('a key') },
    ],
    [
      'The private key does not match the public key of the certificate.',
      { Certificate: made(), PrivateKey: key(keys[1]) },
    ],
    [
      'The private key does not match the public key of the certificate.',
      {
        Certificate: made(),
        PrivateKey: Buffer.from(ec.export({ type: 'pkcs8', format: 'pem' }).toString()),
      },
    ],
    [
      'Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or certificate chain.',
      { Certificate: made({ signingKey: keys[1] }), PrivateKey: key() },
    ],
    [
      'Could not validate the certificate with the certificate chain.',
      {
        Certificate: made(),
        PrivateKey: key(),
        CertificateChain: made({ publicKey: keys[1], signingKey: keys[1] }),
      },
    ],
  ]
  test.each(cases)('refused: %s', async (message, input) => {
    const { acm } = await withZone()
    expect(await refusal(acm.send(new ImportCertificateCommand(input)))).toEqual([
      'ValidationException',
      message,
    ])
  })
})

const headers = ['ResponseMetadata.HTTPHeaders']

describe('answers recorded from AWS', () => {
  recorded('an imported certificate is described by its content', async () => {
    const facts = recording('acm/test_acm', 'TestACM::test_import_certificate')
    const { acm, describe } = await withZone({ accountId: '111111111111' })
    const names = ['localhost', 'localhost.localstack.cloud']
    const more = ['localhost.localstack.cloudIP:127.0.0.1', 'test.localhost.atlassian.io']
    const subject = [
      ['C', 'AU'],
      ['ST', 'Some-State'],
      ['L', 'Some-Locality'],
      ['O', 'LocalStack Org'],
      ['OU', 'Testing'],
      ['CN', 'localhost'],
    ] as const
    const large = newRsaKey(random)
    const Certificate = made({
      subject,
      issuer: subject,
      publicKey: large,
      signingKey: large,
      usages: ['DIGITAL_SIGNATURE', 'NON_REPUDIATION', 'KEY_ENCIPHERMENT'],
      extendedUsages: ['TLS_WEB_SERVER_AUTHENTICATION'],
      names: [...names, ...more],
    })
    const bindings = new Map<string, string>()
    const imported = acm.send(new ImportCertificateCommand({ Certificate, PrivateKey: key(large) }))
    const { CertificateArn = '' } = await imported
    expectRecorded(
      await asRecorded(imported),
      facts['import-certificate-response'],
      bindings,
      headers,
    )
    expectRecorded(
      { Certificate: await describe(CertificateArn) },
      facts['describe-certificate-response'],
      bindings,
      // The helper leaves it out.
      ['ResponseMetadata'],
    )
  })

  recorded('a wildcard certificate waits for its record, and is issued', async () => {
    const facts = recording('acm/test_acm', 'TestACM::test_certificate_for_subdomain_wildcard')
    const { acm, cloud, request, describe, prove } = await withZone({ accountId: '111111111111' })
    const arn = await request({ DomainName: '*.orrery.dev' })
    const bindings = new Map([['<domain-name>', 'orrery.dev']])
    // Recorded in 2023, before certificates could be exported.
    const younger = ['Certificate.Options.Export', 'ResponseMetadata']
    expectRecorded({ CertificateArn: arn }, facts['request-cert'], bindings, ['ResponseMetadata'])
    expectRecorded({ Certificate: await describe(arn) }, facts['describe-cert'], bindings, younger)
    await prove(arn)
    await cloud.advance({ minutes: 1 })
    expectRecorded(
      { Certificate: await describe(arn) },
      facts['describe-cert-2'],
      bindings,
      younger,
    )
    const { CertificateSummaryList } = await acm.send(new ListCertificatesCommand({}))
    expectRecorded({ list: CertificateSummaryList }, { list: facts['list-cert'] }, bindings, [
      'list[0].ExportOption',
      'list[0].Exported',
    ])
  })

  recorded('a certificate for a guarded domain is asked for by mail, and fails', async () => {
    const facts = recording(
      'acm/test_acm',
      'TestACM::test_create_certificate_for_multiple_alternative_domains',
    )
    const { acm, cloud, request, describe } = await withZone({ accountId: '111111111111' })
    const arn = await request({
      DomainName: 'test.example.com',
      SubjectAlternativeNames: [
        'another.domain.com',
        'yet-another.domain.com',
        '*.test.example.com',
      ],
      ValidationMethod: 'EMAIL',
    })
    const bindings = new Map<string, string>()
    const { CertificateSummaryList: [summary] = [] } = await acm.send(
      new ListCertificatesCommand({}),
    )
    const sorted = {
      ...summary,
      SubjectAlternativeNameSummaries: summary?.SubjectAlternativeNameSummaries?.toSorted(),
    }
    expectRecorded(sorted, facts['list-cert-summary-list'], bindings)
    await cloud.advance({ seconds: 10 })
    const detail = await describe(arn)
    expectRecorded(
      {
        ...detail,
        // The recorded test sorts them.
        SubjectAlternativeNames: detail.SubjectAlternativeNames?.toSorted(),
        DomainValidationOptions: detail.DomainValidationOptions?.toSorted((a, b) =>
          (a.DomainName ?? '') < (b.DomainName ?? '') ? -1 : 1,
        ),
      },
      facts['describe-cert'],
      bindings,
    )
  })

  recorded('a request is described while nobody has been asked yet', async () => {
    const facts = recording('acm/test_acm', 'TestACM::test_domain_validation')
    const { request, describe } = await withZone({ accountId: '111111111111' })
    const arn = await request({ DomainName: 'orrery.dev', ValidationMethod: 'EMAIL' })
    const detail = { Certificate: await describe(arn) }
    expectRecorded(detail, facts['describe-certificate'], new Map(), ['ResponseMetadata'])
  })

  recorded('certificates are listed by the kinds of their keys', async () => {
    const facts = recording(
      'acm/test_acm',
      'TestACM::test_list_certificates_with_key_types_filter_requested_certificate',
    )
    const { acm, request } = await withZone({ accountId: '111111111111' })
    await request({ DomainName: 'test-domain-2b60e4d1.localhost.localstack.cloud' })
    const list = acm.send(new ListCertificatesCommand({ Includes: { keyTypes: ['RSA_2048'] } }))
    // The other recordings have ExportOption at once.
    expectRecorded(await asRecorded(list), facts['list-certificates-with-key-types'], new Map(), [
      ...headers,
      'CertificateSummaryList[0].ExportOption',
    ])
  })
})

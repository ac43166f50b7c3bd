import { X509Certificate } from 'node:crypto'
import {
  ACMClient,
  AddTagsToCertificateCommand,
  DeleteCertificateCommand,
  GetCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import {
  certificateOf,
  covers,
  releaseCertificate,
  useCertificate,
} from '../shared/certificates/uses.ts'
import { accessKeys, users } from '../shared/identity/state.ts'
import { mailbox } from '../shared/mailbox.ts'
import { refusal, withZone } from './acm.test-support.ts'

const minutes = (minutes: number) => ({ minutes })

describe('validation by DNS', () => {
  test('a certificate is issued within a minute once its record is there', async () => {
    const { cloud, acm, request, prove, describe } = await withZone()
    const arn = await request({
      DomainName: 'orrery.dev',
      SubjectAlternativeNames: ['*.orrery.dev'],
    })
    await cloud.advance(minutes(60))
    expect((await describe(arn)).Status).toBe('PENDING_VALIDATION')
    expect((await refusal(acm.send(new GetCertificateCommand({ CertificateArn: arn }))))[0]).toBe(
      'RequestInProgressException',
    )
    await prove(arn)
    await cloud.advance(minutes(1))
    const issued = await describe(arn)
    expect([issued.Status, issued.Subject, issued.Issuer]).toEqual([
      'ISSUED',
      'CN=orrery.dev',
      'Amazon',
    ])
    const chain = await acm.send(new GetCertificateCommand({ CertificateArn: arn }))
    const [leaf, signer, root] = `${chain.Certificate}${chain.CertificateChain}`
      .split(/(?<=-----END CERTIFICATE-----\n)/)
      .map((pem) => new X509Certificate(pem))
    if (leaf === undefined || signer === undefined || root === undefined)
      throw new Error('no chain')
    expect([
      leaf.verify(signer.publicKey) && leaf.checkIssued(signer),
      signer.verify(root.publicKey) && signer.checkIssued(root),
      root.verify(root.publicKey),
      [leaf.ca, signer.ca, root.ca],
    ]).toEqual([true, true, true, [false, true, true]])
    expect(leaf.checkHost('api.orrery.dev')).toBe('*.orrery.dev')
    expect([issued.NotBefore, issued.NotAfter]).toEqual([
      new Date('2026-01-01T00:00:00Z'),
      new Date('2027-01-30T23:59:59Z'),
    ])
  })

  test('after 72 hours without its record the request is over', async () => {
    const { cloud, request, prove, describe } = await withZone()
    const arn = await request({ DomainName: 'orrery.dev' })
    await cloud.advance({ hours: 71 })
    expect((await describe(arn)).Status).toBe('PENDING_VALIDATION')
    await cloud.advance(minutes(61))
    await prove(arn)
    await cloud.advance(minutes(10))
    const { Status, DomainValidationOptions } = await describe(arn)
    expect([Status, DomainValidationOptions?.[0]?.ValidationStatus]).toEqual([
      'VALIDATION_TIMED_OUT',
      'FAILED',
    ])
  })

  test('the record of a domain is the same for each certificate of an account', async () => {
    const { cloud, request, describe, acm } = await withZone()
    const first = await request({ DomainName: 'a.orrery.dev' })
    await cloud.advance(minutes(1))
    const arns = [first, await request({ DomainName: '*.a.orrery.dev' })]
    const records = await Promise.all(
      arns.map(async (arn) => (await describe(arn)).DomainValidationOptions?.[0]?.ResourceRecord),
    )
    expect(records[0]).toEqual(records[1])
    expect(records[0]?.Name).toMatch(/^_[0-9a-f]{32}\.a\.orrery\.dev\.$/)
    const { CertificateSummaryList } = await acm.send(
      new ListCertificatesCommand({ SortBy: 'CREATED_AT', SortOrder: 'ASCENDING', MaxItems: 1 }),
    )
    expect(CertificateSummaryList?.[0]?.DomainName).toBe('a.orrery.dev')
  })
})

describe('validation by e-mail', () => {
  test('five addresses are asked, and one of them approves on the page', async () => {
    const { cloud, request, describe } = await withZone()
    const arn = await request({ DomainName: 'www.orrery.dev', ValidationMethod: 'EMAIL' })
    await cloud.advance(minutes(1))
    const [proof] = (await describe(arn)).DomainValidationOptions ?? []
    expect(proof?.ValidationEmails).toEqual([
      'administrator@www.orrery.dev',
      'hostmaster@www.orrery.dev',
      'postmaster@www.orrery.dev',
      'webmaster@www.orrery.dev',
      'admin@www.orrery.dev',
    ])
    const scope = cloud.scope('123456789012', 'us-east-1')
    const [mail] = mailbox.to(scope, 'admin@www.orrery.dev')
    const link = mail?.links[0] ?? ''
    const page = await fetchFromCloud(cloud, link, {})
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('I Approve')])
    expect((await describe(arn)).Status).toBe('PENDING_VALIDATION')
    await fetchFromCloud(cloud, link, { method: 'POST' })
    expect((await describe(arn)).Status).toBe('ISSUED')
    const wrong = await fetchFromCloud(cloud, link.replace(/.$/, '~'), { method: 'POST' })
    expect(wrong.status).toBe(404)
  })
})

describe('a certificate in use', () => {
  const listener = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1'
  async function inUse() {
    const world = await withZone()
    const arn = await world.request({ DomainName: 'orrery.dev' })
    await world.prove(arn)
    await world.cloud.advance(minutes(1))
    const scope = world.cloud.scope('123456789012', 'us-east-1')
    // Services hand their context in; the tables need no more than the scope.
    const ctx = { ...scope, at: () => scope } as never
    useCertificate(ctx, arn, listener)
    return { ...world, arn, ctx }
  }

  test('it is not deleted, until what uses it lets go', async () => {
    const { acm, arn, ctx, describe } = await inUse()
    expect((await describe(arn)).InUseBy).toEqual([listener])
    expect((await describe(arn)).RenewalEligibility).toBe('ELIGIBLE')
    const remove = new DeleteCertificateCommand({ CertificateArn: arn })
    expect(await refusal(acm.send(remove))).toEqual([
      'ResourceInUseException',
      `Certificate ${arn} in account 123456789012 is in use.`,
    ])
    releaseCertificate(ctx, listener)
    await acm.send(remove)
    expect(await refusal(describe(arn))).toEqual([
      'ResourceNotFoundException',
      `Could not find certificate ${arn} in account 123456789012.`,
    ])
  })

  test('it is renewed 60 days before its end while its record stands', async () => {
    const { cloud, arn, ctx, describe } = await inUse()
    const before = await describe(arn)
    await cloud.advance({ days: 334 })
    expect((await describe(arn)).Serial).toBe(before.Serial)
    await cloud.advance({ days: 3 })
    const after = await describe(arn)
    expect(after.Serial).not.toBe(before.Serial)
    expect(after.RenewalSummary?.RenewalStatus).toBe('SUCCESS')
    expect(after.NotAfter?.getTime()).toBeGreaterThan(before.NotAfter?.getTime() ?? Infinity)
    const found = certificateOf(ctx, arn)
    if (found === undefined) throw new Error('no certificate')
    const nowMs = cloud.kernel.clock.nowMs
    expect([covers(found, 'orrery.dev', nowMs), covers(found, 'a.orrery.dev', nowMs)]).toEqual([
      true,
      false,
    ])
  })

  test('without its record it is warned of each day, and ends', async () => {
    const { cloud, arn, prove, describe } = await inUse()
    await prove(arn, 'DELETE')
    await cloud.advance({ days: 350 })
    expect((await describe(arn)).RenewalSummary?.RenewalStatus).toBe('PENDING_VALIDATION')
    await cloud.advance({ days: 45 })
    expect((await describe(arn)).Status).toBe('EXPIRED')
    const events = cloud.kernel.journal.entries.filter(({ kind }) => kind === 'event')
    const types = events.map(({ data }) => (data as { detailType?: string }).detailType)
    expect(types.filter((type) => type === 'ACM Certificate Approaching Expiration')).toHaveLength(
      45,
    )
    expect(types.filter((type) => type === 'ACM Certificate Expired')).toHaveLength(1)
  })
})

describe('requests', () => {
  test('the same token gives the same certificate for an hour', async () => {
    const { cloud, request } = await withZone()
    const input = { DomainName: 'orrery.dev', IdempotencyToken: 'token' }
    const arn = await request(input)
    expect(await request(input)).toBe(arn)
    await cloud.advance(minutes(61))
    expect(await request(input)).not.toBe(arn)
  })

  test('keys other than RSA of 2,048 bits are refused by name', async () => {
    const { request } = await withZone()
    const [, message] = await refusal(
      request({ DomainName: 'orrery.dev', KeyAlgorithm: 'EC_prime256v1' }),
    )
    expect(message).toContain('Orrery does not model KeyAlgorithm EC_prime256v1')
  })

  test('tags are added and taken away, one with a value only where it has that value', async () => {
    const { acm, request } = await withZone()
    const CertificateArn = await request({
      DomainName: 'orrery.dev',
      Tags: [{ Key: 'a', Value: '1' }],
    })
    await acm.send(
      new AddTagsToCertificateCommand({ CertificateArn, Tags: [{ Key: 'b', Value: '2' }] }),
    )
    const Tags = [{ Key: 'a', Value: 'other' }, { Key: 'b' }]
    await acm.send(new RemoveTagsFromCertificateCommand({ CertificateArn, Tags }))
    const left = await acm.send(new ListTagsForCertificateCommand({ CertificateArn }))
    expect(left.Tags).toEqual([{ Key: 'a', Value: '1' }])
  })

  test('a policy lets a user ask for the domains that it names', async () => {
    const { cloud } = await withZone()
    const scope = cloud.scope('123456789012', 'us-east-1')
    const document = {
      Version: '2012-10-17' as const,
      Statement: [
        {
          Effect: 'Allow' as const,
          Action: 'acm:RequestCertificate',
          Resource: '*',
          Condition: { 'ForAllValues:StringLike': { 'acm:DomainNames': ['*.orrery.dev'] } },
        },
      ],
    }
    users.put(scope, {
      userName: 'ana',
      userId: 'AIDAANAEXAMPLE0000001',
      path: '/',
      arn: 'arn:aws:iam::123456789012:user/ana',
      createdAtMs: 0,
      inlinePolicies: { own: { text: JSON.stringify(document), document } },
      attachedPolicies: [],
      tags: {},
    })
    const credentials = { accessKeyId: 'AKIAANA0000000000000', secretAccessKey: 'secret' }
    accessKeys.put(scope, {
      ...credentials,
      accountId: '123456789012',
      userName: 'ana',
      status: 'Active',
      createdAtMs: 0,
    })
    const acm = client(cloud, ACMClient, { credentials })
    const ask = (DomainName: string) => acm.send(new RequestCertificateCommand({ DomainName }))
    await ask('app.orrery.dev')
    expect(await refusal(ask('app.orrery.net'))).toEqual([
      'AccessDeniedException',
      'User: arn:aws:iam::123456789012:user/ana is not authorized to perform: acm:RequestCertificate on resource: * because no identity-based policy allows the acm:RequestCertificate action',
    ])
  })

  test('the same seed gives the same certificate', async () => {
    const digests = await Promise.all(
      [1, 2].map(async () => {
        const { cloud, request, prove, describe } = await withZone()
        const arn = await request({ DomainName: 'orrery.dev' })
        await prove(arn)
        await cloud.advance(minutes(1))
        return [(await describe(arn)).Serial, cloud.kernel.journal.digest()]
      }),
    )
    expect(digests[0]).toEqual(digests[1])
  })
})

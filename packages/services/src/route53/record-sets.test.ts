import {
  GetChangeCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  TestDNSAnswerCommand,
} from '@aws-sdk/client-route-53'
import { describe, expect, test } from 'vitest'
import { record, refusal, zoneOf } from './route53.test-support.ts'

const alias = (DNSName: string, HostedZoneId: string) => ({
  AliasTarget: { DNSName, HostedZoneId, EvaluateTargetHealth: false },
})

describe('a zone’s records', () => {
  test('they are answered, counted, and listed by their labels from the right', async () => {
    const { route53, zoneId, change, ask } = await zoneOf()
    await change('CREATE', record('www.orrery.dev', 'CNAME', 'app.orrery.dev'))
    await change('UPSERT', record('app.orrery.dev', 'A', '192.0.2.1'))
    await change('CREATE', record('*.app.orrery.dev', 'TXT', '"any"'))
    expect(ask('www.orrery.dev').answers.map(({ data }) => data)).toEqual([
      'app.orrery.dev',
      '192.0.2.1',
    ])
    const HostedZoneId = zoneId
    const first = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId, MaxItems: 4 }),
    )
    expect(first.ResourceRecordSets?.map(({ Name, Type }) => [Name, Type])).toEqual([
      ['orrery.dev.', 'NS'],
      ['orrery.dev.', 'SOA'],
      ['app.orrery.dev.', 'A'],
      ['\\052.app.orrery.dev.', 'TXT'],
    ])
    const { NextRecordName, NextRecordType, IsTruncated } = first
    expect([NextRecordName, NextRecordType, IsTruncated]).toEqual([
      'www.orrery.dev.',
      'CNAME',
      true,
    ])
    const second = await route53.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId,
        StartRecordName: NextRecordName,
        StartRecordType: NextRecordType,
      }),
    )
    expect([second.ResourceRecordSets?.length, second.IsTruncated]).toEqual([1, false])
    const { HostedZone } = await route53.send(new GetHostedZoneCommand({ Id: zoneId }))
    expect(HostedZone?.ResourceRecordSetCount).toBe(5)
  })

  test('a change is pending until its time on the clock', async () => {
    const { cloud, route53, change } = await zoneOf()
    const { ChangeInfo } = await change('CREATE', record('a.orrery.dev', 'A', '192.0.2.1'))
    const status = async () =>
      (await route53.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status
    expect(await status()).toBe('PENDING')
    await cloud.advance({ seconds: 30 })
    expect(await status()).toBe('INSYNC')
    expect(await refusal(route53.send(new GetChangeCommand({ Id: 'C1' })))).toEqual([
      'NoSuchChange',
      'Could not find resource with ID: C1',
    ])
  })

  test('one name server answers by its own records', async () => {
    const { route53, zoneId, change } = await zoneOf()
    await change('CREATE', record('www.orrery.dev', 'CNAME', 'app.orrery.dev'))
    const ask = async (RecordName: string) => {
      const { RecordData, ResponseCode } = await route53.send(
        new TestDNSAnswerCommand({ HostedZoneId: zoneId, RecordName, RecordType: 'A' }),
      )
      return [ResponseCode, RecordData]
    }
    expect(await ask('www.orrery.dev')).toEqual(['NOERROR', ['app.orrery.dev']])
    expect(await ask('ftp.orrery.dev')).toEqual(['NXDOMAIN', []])
    expect(await ask('orrery.net')).toEqual(['REFUSED', []])
  })
})

describe('a batch', () => {
  test('it is done as a whole or not at all, and says all that is wrong', async () => {
    const { batch, change, ask } = await zoneOf()
    await change('CREATE', record('a.orrery.dev', 'A', '192.0.2.1'))
    expect(
      await refusal(
        batch([
          { Action: 'CREATE', ResourceRecordSet: record('b.orrery.dev', 'A', '192.0.2.2') },
          { Action: 'CREATE', ResourceRecordSet: record('a.orrery.dev', 'A', '192.0.2.3') },
          { Action: 'DELETE', ResourceRecordSet: record('c.orrery.dev', 'A', '192.0.2.3') },
          { Action: 'UPSERT', ResourceRecordSet: record('d.orrery.net', 'A', '192.0.2.3') },
        ]),
      ),
    ).toEqual([
      'InvalidChangeBatch',
      "[Tried to create resource record set [name='a.orrery.dev.', type='A'] but it already exists, Tried to delete resource record set [name='c.orrery.dev.', type='A'] but it was not found, RRSet with DNS name d.orrery.net. is not permitted in zone orrery.dev.]",
    ])
    expect(ask('b.orrery.dev').rcode).toBe('NXDOMAIN')
  })

  test('a CNAME comes after the deletion of what stands in its way', async () => {
    const { batch, change, ask } = await zoneOf()
    const address = record('a.orrery.dev', 'A', '192.0.2.1')
    const name = record('a.orrery.dev', 'CNAME', 'b.orrery.dev')
    await change('CREATE', address)
    const remove = { Action: 'DELETE', ResourceRecordSet: address } as const
    const create = { Action: 'CREATE', ResourceRecordSet: name } as const
    expect(await refusal(batch([create, remove]))).toEqual([
      'InvalidChangeBatch',
      '[RRSet of type CNAME with DNS name a.orrery.dev. is not permitted as it conflicts with other records with the same DNS name in zone orrery.dev.]',
    ])
    await batch([remove, create])
    expect(ask('a.orrery.dev').answers[0]?.type).toBe('CNAME')
    expect(await refusal(change('CREATE', address))).toEqual([
      'InvalidChangeBatch',
      '[RRSet of type A with DNS name a.orrery.dev. is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone orrery.dev.]',
    ])
  })

  test.each([
    [
      record('a.orrery.dev', 'A', '2001:db8::1'),
      "[Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '2001:db8::1'']",
    ],
    [
      record('a.orrery.dev', 'AAAA', '192.0.2.1'),
      "[Invalid Resource Record: 'FATAL problem: AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address) encountered with '192.0.2.1'']",
    ],
    [
      record('a.orrery.dev', 'TXT', 'v=spf1'),
      "[Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with 'v=spf1'']",
    ],
    [
      record('a.orrery.dev', 'TXT', `"${'x'.repeat(256)}"`),
      `[Invalid Resource Record: 'FATAL problem: CharacterStringTooLong (Value is too long) encountered with '"${'x'.repeat(256)}"'']`,
    ],
    [
      record('a.orrery.dev', 'MX', 'mail.orrery.dev'),
      "[Invalid Resource Record: 'FATAL problem: MXRRDATANotTwoFields (MX record doesn't have 2 fields) encountered with 'mail.orrery.dev'']",
    ],
    [
      record('a.orrery.dev', 'CNAME', 'a..b'),
      "[Invalid Resource Record: 'FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'a..b'']",
    ],
    [
      record('a.orrery.dev', 'A', '192.0.2.1', '192.0.2.1'),
      "[Duplicate Resource Record: '192.0.2.1']",
    ],
    [
      record('orrery.dev', 'CNAME', 'b.orrery.dev'),
      '[RRSet of type CNAME with DNS name orrery.dev. is not permitted at apex in zone orrery.dev.]',
    ],
    [
      { Name: 'a.orrery.dev', Type: 'A' as const, ...alias('b.orrery.net', 'Z2FDTNDATAQYW2') },
      '[Tried to create an alias that targets b.orrery.net., type A in zone Z2FDTNDATAQYW2, but the alias target name does not lie within the target zone, Tried to create an alias that targets b.orrery.net., type A in zone Z2FDTNDATAQYW2, but that target was not found]',
    ],
  ])('%j is refused in AWS’s words', async (set, message) => {
    const { change } = await zoneOf()
    expect(await refusal(change('UPSERT', set))).toEqual(['InvalidChangeBatch', message])
  })

  test('what a zone can’t be without stays', async () => {
    const { route53, zoneId, batch } = await zoneOf()
    const { ResourceRecordSets = [] } = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
    )
    const changes = ResourceRecordSets.map(
      (set) => ({ Action: 'DELETE', ResourceRecordSet: set }) as const,
    )
    expect(await refusal(batch(changes))).toEqual([
      'InvalidChangeBatch',
      '[A HostedZone must contain at least one NS record for the zone itself., A HostedZone must contain exactly one SOA record.]',
    ])
  })

  test('parts that do not go together are refused before anything else', async () => {
    const { change } = await zoneOf()
    const where = '[Action=UPSERT, Name=a.orrery.dev, Type=A, SetIdentifier'
    expect(await refusal(change('UPSERT', { Name: 'a.orrery.dev', Type: 'A', TTL: 1 }))).toEqual([
      'InvalidInput',
      `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with ${where}=null]`,
    ])
    const plain = record('a.orrery.dev', 'A', '192.0.2.1')
    expect(await refusal(change('UPSERT', { ...plain, SetIdentifier: 'x' }))).toEqual([
      'InvalidInput',
      `Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig], but found none in Change with ${where}=x]`,
    ])
    expect(await refusal(change('UPSERT', { ...plain, Weight: 1 }))).toEqual([
      'InvalidInput',
      `Invalid request: Missing field 'SetIdentifier' in Change with ${where}=null]`,
    ])
  })

  test('weighted records stand beside each other, and beside no simple one', async () => {
    const { change, ask } = await zoneOf()
    const set = (SetIdentifier: string, Weight: number, value: string) => ({
      ...record('a.orrery.dev', 'A', value),
      SetIdentifier,
      Weight,
    })
    await change('CREATE', set('one', 0, '192.0.2.1'))
    await change('CREATE', set('two', 5, '192.0.2.2'))
    expect(ask('a.orrery.dev').answers[0]?.data).toBe('192.0.2.2')
    expect(await refusal(change('CREATE', record('a.orrery.dev', 'A', '192.0.2.3')))).toEqual([
      'InvalidChangeBatch',
      '[RRSet with DNS name a.orrery.dev., type A cannot be created as other RRSets exist with the same name and type.]',
    ])
  })
})

import { AwsError } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import {
  checksum,
  checksumAlgorithms,
  compositeChecksum,
  contentMd5,
  fullObjectChecksum,
} from './checksum.ts'
import { crc32, crc32c, crc64Nvme } from './crc.ts'
import { statedChecksum, verifyChecksum, verifyContentMd5 } from './stated-checksums.ts'

const check = Buffer.from('123456789')

test('the three CRCs give the check values of their definitions', () => {
  expect(crc32(check).toString(16)).toBe('cbf43926')
  expect(crc32c(check).toString(16)).toBe('e3069283')
  expect(crc64Nvme(check).toString(16)).toBe('ae8b14860a799888')
})

test('checksums are what S3 was recorded to answer', () => {
  // Recorded: S3, PutObject with each algorithm, January 2025; the body of that test.
  const body = Buffer.from('test data..')
  expect(
    Object.fromEntries(checksumAlgorithms.map((name) => [name, checksum(name, body)])),
  ).toEqual({
    CRC32: 'cZWHwQ==',
    CRC32C: 'Pf4upw==',
    CRC64NVME: expect.stringMatching(/^[\w+/]{11}=$/),
    SHA1: 'B++3uSfJMSHWToQMQ1g6lIJY5Eo=',
    SHA256: '2l26x0trnT0r2AvakoFk2MB7eKVKzYESLMxSAKAzoik=',
  })
})

test.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)(
  'the full object’s %s follows from those of its parts',
  (algorithm) => {
    const parts = [
      Buffer.alloc(5000, 'a'),
      Buffer.alloc(1, 'b'),
      Buffer.alloc(70_001, 'xyz'),
      Buffer.alloc(0),
    ]
    const stated = parts.map((part) => ({
      checksum: checksum(algorithm, part),
      sizeBytes: part.byteLength,
    }))
    expect(fullObjectChecksum(algorithm, stated)).toBe(checksum(algorithm, Buffer.concat(parts)))
  },
)

test('SHA checksums can’t be combined', () => {
  expect(fullObjectChecksum('SHA256', [])).toBeUndefined()
})

test('a composite checksum is that of the parts’ digests, with their number', () => {
  const parts = ['one', 'two'].map((text) => checksum('SHA256', Buffer.from(text)))
  const digests = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')))
  expect(compositeChecksum('SHA256', parts)).toBe(`${checksum('SHA256', digests)}-2`)
})

function refusal(run: () => unknown): unknown {
  try {
    run()
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause
    return { code: cause.code, message: cause.message, fields: cause.fields }
  }
  return undefined
}

test('a stated checksum that is wrong, malformed or one of two is refused in S3’s words', () => {
  const body = Buffer.from('hello')
  const wrong = statedChecksum({ 'x-amz-checksum-crc32': 'AAAAAA==' })
  expect(wrong === undefined ? undefined : refusal(() => verifyChecksum(wrong, body))).toEqual({
    code: 'BadDigest',
    message: 'The CRC32 you specified did not match the calculated checksum.',
    fields: {},
  })
  expect(refusal(() => statedChecksum({ 'x-amz-checksum-sha1': 'no' }))).toEqual({
    code: 'InvalidRequest',
    message: 'Value for x-amz-checksum-sha1 header is invalid.',
    fields: {},
  })
  const two = { 'x-amz-checksum-crc32': 'NhCmhg==', 'x-amz-checksum-sha1': 'x' }
  expect(refusal(() => statedChecksum(two))).toMatchObject({
    message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
  })
})

test('Content-MD5 is refused as S3 was recorded to', () => {
  const body = Buffer.from('something')
  expect(refusal(() => verifyContentMd5('MTIz', body))).toEqual({
    code: 'InvalidDigest',
    message: 'The Content-MD5 you specified was invalid.',
    fields: { 'Content-MD5': 'MTIz' },
  })
  const other = contentMd5(Buffer.from('another'))
  expect(refusal(() => verifyContentMd5(other, body))).toEqual({
    code: 'BadDigest',
    message: 'The Content-MD5 you specified did not match what we received.',
    fields: { ExpectedDigest: other, CalculatedDigest: 'Q3uTDbhLgHnC3YBKcZNrXw==' },
  })
})

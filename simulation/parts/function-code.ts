import { ZipFile } from 'yazl'

/** Tells each change of a table; fails as a whole in every third second, before it told anything. */
export const watcherSource = `
exports.handler = async ({ Records }) => {
  if (Math.floor(Date.now() / 1000) % 3 === 0) throw new Error('not now')
  for (const { dynamodb, eventName } of Records) {
    console.log('told ' + JSON.stringify({ eventName, ...dynamodb }))
  }
}
`

/** Notes each token that it sees; sleeps and fails as it is told. Of a batch, only what is poisoned fails. */
const source = `
exports.handler = async (event) => {
  const text = JSON.stringify(event)
  for (const token of text.match(/tok-[a-z]+-\\d+\\./g) ?? []) console.log('seen ' + token)
  if (text.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 2000))
  if (event.Records !== undefined) {
    const failed = event.Records.filter(({ body }) => body.includes('poison'))
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
  if (text.includes('poison')) throw new Error('poisoned')
  return { echo: event.token, at: Date.now() }
}
`

/** A function's zip, the same bytes each time. */
export function functionZip(code = source): Promise<Uint8Array> {
  const zip = new ZipFile()
  const mtime = new Date('2026-01-01T00:00:00Z')
  zip.addBuffer(Buffer.from(code), 'index.js', { mtime, forceDosTimestamp: true })
  zip.end()
  const chunks: Buffer[] = []
  return new Promise((resolve, reject) => {
    zip.outputStream.on('data', (chunk: Buffer) => chunks.push(chunk))
    zip.outputStream.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))))
    zip.outputStream.on('error', reject)
  })
}

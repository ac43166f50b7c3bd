import { CreateEmailIdentityCommand, SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { type Cloud, createCloud, fetchFromCloud, listen } from '@cloud-orrery/cloud'
import { mailbox } from '@cloud-orrery/services'
import { createTransport } from 'nodemailer'
import { expect, test } from 'vitest'

/** nodemailer's transport for SES, over the port with nothing but an endpoint and the printed credentials. */

async function withTransport(
  use: (cloud: Cloud, transport: ReturnType<typeof transportOf>) => Promise<void>,
): Promise<void> {
  const cloud = createCloud()
  const server = await listen(cloud, { port: 0, token: 'conformance' })
  const { accessKeyId, secretAccessKey } = cloud.credentials()
  const sesClient = new SESv2Client({
    endpoint: server.url,
    region: cloud.defaultRegion,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  })
  try {
    for (const EmailIdentity of ['shop@example.com', 'ana@example.com']) {
      await sesClient.send(new CreateEmailIdentityCommand({ EmailIdentity }))
      const [link = ''] = mailbox.to(cloud.scope('', ''), EmailIdentity).at(-1)?.links ?? []
      await fetchFromCloud(cloud, link)
    }
    await use(cloud, transportOf(sesClient))
  } finally {
    sesClient.destroy()
    await server.close()
  }
}

const transportOf = (sesClient: SESv2Client) =>
  createTransport({ SES: { sesClient, SendEmailCommand } })

const invoice = Buffer.from([0x25, 0x50, 0x44, 0x46, 0, 255, 128, 10, 13, 1])

test('a mail with text, HTML, a picture inside and an attachment lands as it was written', () =>
  withTransport(async (cloud, transport) => {
    const { messageId, envelope } = await transport.sendMail({
      from: '"Käse & Söhne" <shop@example.com>',
      to: 'Ana <ana@example.com>',
      subject: 'Ihre Rechnung für Käse ✓',
      text: 'Danke für Ihren Einkauf.\n.\nBis bald: https://shop.example/orders/1',
      html: '<p>Danke. <img src="cid:logo"/> <a href="https://shop.example/orders/1">Zur Bestellung</a></p>',
      attachments: [
        { filename: 'Rechnung №1.pdf', content: invoice, contentType: 'application/pdf' },
        { filename: 'logo.png', content: Buffer.from('not a picture'), cid: 'logo' },
      ],
      headers: { 'X-Order': '1' },
    })
    expect(envelope).toEqual({ from: 'shop@example.com', to: ['ana@example.com'] })
    const mail = mailbox.to(cloud.scope('', ''), 'ana@example.com').at(-1)
    const headers = new Map(mail?.headers?.map(({ name, value }) => [name, value]))
    expect(headers.get('Message-ID')).toBe(messageId)
    expect({
      from: mail?.from,
      to: mail?.to,
      subject: mail?.subject,
      text: mail?.text.replaceAll('\r\n', '\n'),
      html: mail?.html,
      order: headers.get('X-Order'),
      links: mail?.links,
      attachments: mail?.attachments,
    }).toEqual({
      from: 'shop@example.com',
      to: ['ana@example.com'],
      subject: 'Ihre Rechnung für Käse ✓',
      text: 'Danke für Ihren Einkauf.\n.\nBis bald: https://shop.example/orders/1',
      html: '<p>Danke. <img src="cid:logo"/> <a href="https://shop.example/orders/1">Zur Bestellung</a></p>',
      order: '1',
      links: ['https://shop.example/orders/1'],
      attachments: [
        {
          fileName: 'logo.png',
          contentType: 'image/png',
          content: Buffer.from('not a picture').toString('base64'),
        },
        {
          fileName: 'Rechnung №1.pdf',
          contentType: 'application/pdf',
          content: invoice.toString('base64'),
        },
      ],
    })
  }))

test('a blind copy reaches its reader and stands in no header; an unverified reader is refused', () =>
  withTransport(async (cloud, transport) => {
    const mail = { from: 'shop@example.com', subject: 's', text: 't' }
    await transport.sendMail({ ...mail, to: 'shop@example.com', bcc: 'ana@example.com' })
    const received = mailbox.to(cloud.scope('', ''), 'ana@example.com').at(-1)
    expect(received?.envelope?.to).toContain('ana@example.com')
    expect(received?.raw).not.toContain('ana@example.com')

    const unverified = transport.sendMail({ ...mail, to: 'eve@example.com' })
    await expect(unverified).rejects.toMatchObject({
      name: 'MessageRejected',
      message:
        'Email address is not verified. The following identities failed the check in region US-EAST-1: eve@example.com',
    })
  }))

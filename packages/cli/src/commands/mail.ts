import { parseArgs } from 'node:util'
import type { Mail } from '@cloud-orrery/services'
import { type Command, type Io, UsageError } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { followLink } from '../follow-link.ts'
import { atMost, jsonOption, portOf, portOption } from '../options.ts'

export const command: Command = {
  summary: 'Show the mails that left the cloud.',
  usage: `orrery mail [NUMBER] [OPTIONS]
  NUMBER        show one mail whole, by its number in the list
  --to ADDRESS  only mails to this address
  --raw         with NUMBER: the MIME message as it was sent
  --follow      with NUMBER: open the first link in it, as its reader would
  --port N, --json`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: {
        ...portOption,
        ...jsonOption,
        to: { type: 'string' },
        raw: { type: 'boolean' },
        follow: { type: 'boolean' },
      },
      allowPositionals: true,
    })
    // The control answer of this path has this shape.
    const port = portOf(values.port)
    const all = (await new ControlClient(port).get('mail')) as Mail[]
    const { to } = values
    const mails = to === undefined ? all : all.filter((mail) => mail.to.includes(to))
    const [number] = positionals
    atMost(1, positionals)
    if (number === undefined) {
      if (values.raw === true || values.follow === true) {
        throw new UsageError('--raw and --follow take one mail.', 'Give its number in the list.')
      }
      const list = mails.length === 0 ? 'No mail yet.\n' : mails.map(lineOf).join('')
      io.out(values.json === true ? `${JSON.stringify({ mails })}\n` : list)
      return 0
    }
    const mail = mails[Number(number) - 1]
    if (mail === undefined) {
      throw new UsageError(`There is no mail ${number}.`, `There are ${mails.length}.`)
    }
    if (values.follow === true) return await follow(mail, port, values.json === true, io)
    if (values.json === true) io.out(`${JSON.stringify(mail)}\n`)
    else io.out(values.raw === true ? mail.raw : whole(mail))
    return 0
  },
}

async function follow(mail: Mail, port: number, json: boolean, io: Io): Promise<number> {
  const [link] = mail.links
  if (link === undefined) {
    throw new UsageError(`Mail ${mail.number} has no link.`, `See 'orrery mail ${mail.number}'.`)
  }
  const followed = await followLink(link, port)
  io.out(json ? `${JSON.stringify(followed)}\n` : `${link}\nanswered ${followed.status}\n`)
  return followed.status < 400 ? 0 : 1
}

function lineOf(mail: Mail, index: number): string {
  const time = new Date(mail.sentAtMs).toISOString().slice(0, 19)
  return `${String(index + 1).padStart(3)}  ${time}  ${mail.to.join(', ')}  ${mail.subject}\n`
}

function whole(mail: Mail): string {
  return `From: ${mail.from}\nTo: ${mail.to.join(', ')}\nSubject: ${mail.subject}\nDate: ${new Date(mail.sentAtMs).toISOString()}\n\n${mail.text}\n`
}

import {
  CreateStack,
  DeleteStack,
  DescribeStacks,
  type Stack,
  UpdateStack,
} from '@cloud-orrery/models/cloudformation'
import { GetQueueAttributes } from '@cloud-orrery/models/sqs'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import type { World } from '../world.ts'
import { type StackShape, templateOf } from './stack-templates.ts'

interface StackBook {
  readonly name: string
  readonly id: string
  /** The shape it has, or goes back to. */
  shape: StackShape
  /** What was asked last, and has not been seen to end. */
  asked:
    | { readonly to: string; readonly shape: StackShape; readonly faultsArmed: number }
    | undefined
  isDoubtful: boolean
}

const stacksMax = 4

/** Stacks: what was asked is there or taken back, and nothing is left of what was deleted. */
export class Stacks implements Part {
  readonly name = 'stacks'
  readonly #world: World
  readonly #stacks = new Map<string, StackBook>()
  #count = 0

  constructor(world: World) {
    this.#world = world
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'stacks.create': (draw) => this.#create(draw),
    'stacks.update': (draw) => this.#update(draw),
    'stacks.delete': (draw) => this.#delete(draw),
    'stacks.look': (draw) => this.#look(draw),
    'stacks.wait': (draw) => this.#wait(draw),
  }

  async #create(draw: Draw): Promise<string> {
    if (this.#stacks.size >= stacksMax) return 'create a stack: enough of them'
    this.#count += 1
    const name = `sim-stack-${this.#count}`
    const shape = { value: draw.int(0, 9), hasTopic: draw.chance(0.5), isBad: draw.chance(0.25) }
    const asked = this.#asked(shape.isBad ? 'ROLLBACK_COMPLETE' : 'CREATE_COMPLETE', shape)
    const { output, refusal } = await this.#world.attempt(CreateStack, {
      StackName: name,
      TemplateBody: templateOf(shape),
      Capabilities: ['CAPABILITY_IAM'],
    })
    if (output === undefined) return `create ${name}: ${refusal}`
    const id = output.StackId ?? ''
    this.#stacks.set(name, { name, id, shape, asked, isDoubtful: false })
    return `create ${name} ${JSON.stringify(shape)}`
  }

  #asked(to: string, shape: StackShape): StackBook['asked'] {
    // Faults that are armed count as one more to come, so that the stack is doubtful.
    const faultsArmed = this.#world.hasFaults ? -1 : this.#world.faultsArmed
    return { to, shape, faultsArmed }
  }

  async #describe({ id }: StackBook): Promise<Stack | undefined> {
    const { output } = await this.#world.attempt(DescribeStacks, { StackName: id })
    return output?.Stacks?.[0]
  }

  async #look(draw: Draw): Promise<string> {
    const book = draw.maybe([...this.#stacks.values()])
    if (book === undefined) return 'look at a stack: there is none'
    return `look at ${book.name}: ${await this.#status(book)}`
  }

  async #wait(draw: Draw): Promise<string> {
    await this.#world.cloud.advance({ minutes: draw.int(1, 5) })
    return `wait: ${await this.#look(draw)}`
  }

  /** Its status; where what was asked has ended, whether that is what it was to come to. */
  async #status(book: StackBook): Promise<string> {
    const stack = await this.#describe(book)
    const status = stack?.StackStatus
    if (status === undefined) return 'refused'
    const { asked } = book
    if (/_IN_PROGRESS$/.test(status) || asked === undefined) return status
    book.asked = undefined
    book.isDoubtful ||= asked.faultsArmed !== this.#world.faultsArmed
    if (!book.isDoubtful) {
      holds(
        status === asked.to,
        'end of a stack operation',
        () => `${book.name} came to ${status}, not ${asked.to}: ${stack?.StackStatusReason}`,
      )
    }
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(status)) book.shape = asked.shape
    if (/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(status))
      await this.#checkQueue(book, stack)
    if (status === 'ROLLBACK_COMPLETE') this.#checkNothingLeft(book)
    if (status === 'DELETE_COMPLETE') {
      this.#checkNothingLeft(book)
      this.#stacks.delete(book.name)
    }
    return status
  }

  async #checkQueue(book: StackBook, stack: Stack | undefined): Promise<void> {
    const QueueUrl = stack?.Outputs?.[0]?.OutputValue ?? ''
    const { output } = await this.#world.attempt(GetQueueAttributes, {
      QueueUrl,
      AttributeNames: ['DelaySeconds'],
    })
    const delay = output?.Attributes?.['DelaySeconds']
    if (delay === undefined) return
    holds(
      delay === String(book.shape.value),
      'resources of a stack',
      () => `${book.name} has a delay of ${delay} s, not ${book.shape.value}`,
    )
  }

  /** Of the resources; a stack that was rolled back is still listed itself. */
  #checkNothingLeft({ name }: StackBook): void {
    const left = this.#world.cloud
      .inventory()
      .filter((arn) => arn.includes(`${name}-`) && !arn.includes(':cloudformation:'))
    holds(left.length === 0, 'nothing left of a stack', () => left.join(' '))
  }

  async #update(draw: Draw): Promise<string> {
    const book = draw.maybe([...this.#stacks.values()])
    if (book === undefined) return 'update a stack: there is none'
    const shape = { value: draw.int(0, 9), hasTopic: draw.chance(0.5), isBad: draw.chance(0.25) }
    const status = await this.#status(book)
    const isReady = /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(status)
    const isSame = JSON.stringify(shape) === JSON.stringify(book.shape)
    const asked = this.#asked(shape.isBad ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE', shape)
    const { output, refusal } = await this.#world.attempt(
      UpdateStack,
      { StackName: book.id, TemplateBody: templateOf(shape), Capabilities: ['CAPABILITY_IAM'] },
      { refusals: isReady && !isSame && !book.isDoubtful ? [] : ['ValidationError'] },
    )
    if (output !== undefined) book.asked = asked
    return `update ${book.name} ${JSON.stringify(shape)}: ${refusal ?? 'begun'}`
  }

  async #delete(draw: Draw): Promise<string> {
    const book = draw.maybe([...this.#stacks.values()])
    if (book === undefined) return 'delete a stack: there is none'
    await this.#status(book)
    return `delete ${book.name}: ${await this.#deleteNow(book)}`
  }

  async #deleteNow(book: StackBook): Promise<string> {
    const asked = this.#asked('DELETE_COMPLETE', book.shape)
    const isBusy = book.asked !== undefined
    const { output, refusal } = await this.#world.attempt(
      DeleteStack,
      { StackName: book.id },
      { refusals: isBusy ? ['ValidationError'] : [] },
    )
    if (output === undefined) return refusal ?? ''
    book.isDoubtful ||= isBusy
    book.asked = asked
    return 'begun'
  }

  async end(): Promise<void> {
    for (const book of [...this.#stacks.values()]) {
      for (let tries = 0; tries < 4 && this.#stacks.has(book.name); tries += 1) {
        await this.#status(book)
        if (!this.#stacks.has(book.name)) break
        await this.#deleteNow(book)
        await this.#world.cloud.advance({ hours: 2 })
        await this.#status(book)
      }
      holds(!this.#stacks.has(book.name), 'deletion of a stack', () => `${book.name} stays`)
    }
    const left = this.#world.cloud.inventory().filter((arn) => arn.includes('sim-stack-'))
    holds(left.length === 0, 'nothing left of a stack', () => left.join(' '))
  }
}

import { invariant } from '@cloud-orrery/kernel'
import type { OperationHandler, ResourceHandler, Service, Task } from '@cloud-orrery/services'
import { registry } from '@cloud-orrery/services'
import { folderOfResourceType } from './service-names.ts'

interface Loaded {
  readonly service: Service
  readonly operations: ReadonlyMap<string, OperationHandler>
  readonly tasks: ReadonlyMap<string, Task<never>>
  readonly resources: ReadonlyMap<string, ResourceHandler>
}

/** Services by folder name, loaded on first use. They hold no state, so all clouds of a process share them. */
const loaded = new Map<string, Loaded>()
const loading = new Map<string, Promise<Loaded>>()

export class Services {
  /** Called once for each service that this cloud meets. */
  readonly #onFirstUse: (service: Service) => void
  readonly #used = new Map<string, Service>()

  /** `known`: services that a fork inherits; their first records are there already. */
  constructor(onFirstUse: (service: Service) => void, known: Iterable<Service> = []) {
    this.#onFirstUse = onFirstUse
    for (const service of known) this.#used.set(service.name, service)
  }

  async load(name: string): Promise<Service> {
    const { service } = loaded.get(name) ?? (await loadOnce(name))
    this.#use(service)
    return service
  }

  /** A service that is loaded already. */
  loaded(name: string): Service | undefined {
    const service = loaded.get(name)?.service
    if (service !== undefined) this.#use(service)
    return service
  }

  /** Those that this cloud met. */
  get used(): Iterable<Service> {
    return this.#used.values()
  }

  /** Services by name, loaded: those that a restored cloud met before. */
  static async named(names: Iterable<string>): Promise<Service[]> {
    const services: Service[] = []
    for (const name of names) services.push((loaded.get(name) ?? (await loadOnce(name))).service)
    return services
  }

  /** Those that any cloud of this process has loaded. */
  static get all(): Service[] {
    return [...loaded.values()].map(({ service }) => service)
  }

  handler(service: string, operation: string): OperationHandler | undefined {
    return loaded.get(service)?.operations.get(operation)
  }

  async task(name: string): Promise<{ service: Service; task: Task<never> }> {
    const folder = name.slice(0, name.indexOf('.'))
    const service = await this.load(folder)
    const task = loaded.get(folder)?.tasks.get(name)
    invariant(task !== undefined, `no service has a task named ${name}`)
    return { service, task }
  }

  async resource(typeName: string): Promise<ResourceHandler | undefined> {
    const folder = folderOfResourceType(typeName)
    if (folder === undefined) return undefined
    await this.load(folder)
    return loaded.get(folder)?.resources.get(typeName)
  }

  #use(service: Service): void {
    if (this.#used.has(service.name)) return
    this.#used.set(service.name, service)
    this.#onFirstUse(service)
  }
}

function loadOnce(name: string): Promise<Loaded> {
  let pending = loading.get(name)
  if (pending === undefined) {
    const entry = registry[name]
    invariant(entry !== undefined, `no service named ${name}`)
    pending = entry.load().then((service) => {
      const made = index(service)
      loaded.set(name, made)
      return made
    })
    loading.set(name, pending)
  }
  return pending
}

function index(service: Service): Loaded {
  return {
    service,
    operations: new Map(service.operations.map((handler) => [handler.descriptor.name, handler])),
    tasks: new Map((service.tasks ?? []).map((task) => [task.name, task])),
    resources: new Map((service.resources ?? []).map((type) => [type.descriptor.typeName, type])),
  }
}

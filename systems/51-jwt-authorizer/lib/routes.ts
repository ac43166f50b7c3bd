/** What the API offers, and which group of people may have it. Everything else follows from this table. */
export interface GuardedRoute {
  readonly path: `/${string}`
  /** Members of this group may take the route, nobody else. */
  readonly group: string
  /** The folder of the function behind it, in `src/`. */
  readonly source: string
}

export const routes: readonly GuardedRoute[] = [
  { path: '/AdminUser', group: 'admin', source: 'admin-user' },
  { path: '/RegularUser', group: 'regular', source: 'regular-user' },
]

/** People to begin with, and their groups. Passwords are set afterwards: a template is no place for them. */
export const people: Readonly<Record<string, readonly string[]>> = {
  adminuser: ['admin', 'regular'],
  regularuser: ['regular'],
}

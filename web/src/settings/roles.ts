import type { Role } from '../session.ts'

/** The roles, the most powerful first. */
export const roles: readonly Role[] = ['admin', 'manager', 'member', 'viewer']

export const roleNames: Readonly<Record<Role, string>> = {
  admin: 'Admin',
  manager: 'Manager',
  member: 'Member',
  viewer: 'Viewer',
}

export const whatRolesDo =
  'Viewers look. Members also write deals, contacts and companies; managers also pipelines, stages, loss reasons and custom fields; admins everything.'

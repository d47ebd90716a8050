/** What the demo is told in: a maker of machines for bakeries and breweries, its people, customers and products. All of it invented. */

export const team = [
  { name: 'Maya Okafor', role: 'manager' },
  { name: 'Jonas Lindqvist', role: 'member' },
  { name: 'Priya Raman', role: 'member' },
  { name: 'Tomás Herrera', role: 'member' },
  { name: 'Emily Novak', role: 'member' },
  { name: 'Kenji Watanabe', role: 'member' },
] as const

export const places = [
  { city: 'Portland', country: 'United States', isEuro: false },
  { city: 'Austin', country: 'United States', isEuro: false },
  { city: 'Chicago', country: 'United States', isEuro: false },
  { city: 'Toronto', country: 'Canada', isEuro: false },
  { city: 'Vienna', country: 'Austria', isEuro: true },
  { city: 'Hamburg', country: 'Germany', isEuro: true },
  { city: 'Lyon', country: 'France', isEuro: true },
  { city: 'Porto', country: 'Portugal', isEuro: true },
  { city: 'Ghent', country: 'Belgium', isEuro: true },
] as const

export const companyStarts = [
  'Golden',
  'North',
  'River',
  'Old Mill',
  'Blue',
  'Harbor',
  'Copper',
  'Three Oaks',
  'Sunrise',
  'Stone',
  'Linden',
  'Fox',
] as const
export const companyEnds = [
  'Bakery',
  'Brewing',
  'Bread Co.',
  'Foods',
  'Malt Works',
  'Patisserie',
  'Kitchens',
  'Roasters',
] as const

export const firstNames = [
  'Ana',
  'Ben',
  'Clara',
  'David',
  'Elif',
  'Farid',
  'Grace',
  'Hugo',
  'Ines',
  'Jack',
  'Lena',
  'Marco',
  'Nadia',
  'Oscar',
  'Paula',
  'Sven',
] as const
export const lastNames = [
  'Abbott',
  'Baker',
  'Costa',
  'Dubois',
  'Engel',
  'Fischer',
  'Grant',
  'Hansen',
  'Ito',
  'Keller',
  'Moreau',
  'Nguyen',
  'Silva',
  'Weber',
] as const

/** With what one of them costs. */
export const products = [
  { name: 'Spiral mixer', price: 8_900 },
  { name: 'Deck oven', price: 24_500 },
  { name: 'Proofing cabinet', price: 6_200 },
  { name: 'Bottling line', price: 78_000 },
  { name: 'Brew kettle', price: 31_000 },
  { name: 'Dough divider', price: 12_400 },
  { name: 'Cooling tunnel', price: 46_000 },
  { name: 'Service plan', price: 3_600 },
] as const

export const tags = ['inbound', 'referral', 'trade fair', 'renewal', 'key account', 'urgent'] as const

export const lossReasons = ['Price', 'No budget', 'Chose a competitor', 'No decision', 'Bad timing'] as const
export const lossComments = [
  'They will ask again next year',
  'Went with a used machine',
  'New owner stopped all purchases',
] as const

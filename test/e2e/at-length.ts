/** For what differs from other tests in how much there is alone, hours, years or populations: as shipped, those others stand for it. */
export const atLength = process.env.SHIPPED ? test.skip : test;

import fc from 'fast-check';

// A mutant that a property kills by luck of the draw would be a survivor on some days
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_122 });

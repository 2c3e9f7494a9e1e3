-- Where the branches cross and where the ordered one ends, a line for each width.
SELECT * FROM transitions WHERE sweep = 'paper-finite-size' AND axis = 'dilution_1' ORDER BY structure;

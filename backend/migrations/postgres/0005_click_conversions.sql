-- Which conversions a click has, by whatever way the store finds them.
CREATE VIEW click_conversions AS SELECT clickid, id FROM conversions;

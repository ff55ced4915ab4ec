# Aisle dashboard
